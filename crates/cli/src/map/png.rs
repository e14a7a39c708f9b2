//! The scene as pixels.

#[cfg(feature = "png")]
pub(crate) use pixels::write;

#[cfg(not(feature = "png"))]
pub(crate) fn write(_out: &mut dyn std::io::Write, _scene: &super::scene::Scene) -> crate::exit::Outcome<()> {
    Err(crate::exit::Failure::usage(
        "this build draws no pixels; build with the feature `png`, or use -o svg",
    ))
}

#[cfg(feature = "png")]
mod pixels {
    use std::io::Write;

    use tiny_skia::{
        Color, FillRule, LineJoin, Mask, Path, PathBuilder, Pixmap, Rect, Stroke, StrokeDash, Transform,
    };
    use ttf_parser::OutlineBuilder;

    use crate::exit::{Failure, Outcome};
    use crate::map::font;
    use crate::map::scene::{Frame, Item, Paint, Pen, Scene, Spot, Text};

    /// Pixels a unit: 192 a printed inch.
    const SCALE: f32 = 2.0;
    const HALO: Pen = Pen { paint: Paint::glass(0xff_ffff, 0.85), width: 3.0, dash: 0.0 };

    /// Writes a picture.
    pub(crate) fn write(out: &mut dyn Write, scene: &Scene) -> Outcome<()> {
        let picture =
            render(scene).ok_or_else(|| Failure::machine("the picture does not fit into memory"))?;
        let bytes = picture
            .encode_png()
            .map_err(|error| Failure::machine(format!("cannot encode the picture: {error}")))?;
        out.write_all(&bytes)?;
        Ok(())
    }

    fn render(scene: &Scene) -> Option<Pixmap> {
        let (width, height) = ((scene.size.0 as f32 * SCALE) as u32, (scene.size.1 as f32 * SCALE) as u32);
        let mut canvas = Canvas { pixels: Pixmap::new(width, height)?, mask: Mask::new(width, height)? };
        canvas.pixels.fill(Color::WHITE);
        let frame = frame(&scene.frame)?;
        canvas.mask.fill_path(&frame, FillRule::Winding, true, scaling());
        for item in &scene.items {
            canvas.item(item);
        }
        Some(canvas.pixels)
    }

    fn scaling() -> Transform {
        Transform::from_scale(SCALE, SCALE)
    }

    fn frame(frame: &Frame) -> Option<Path> {
        match *frame {
            Frame::Rectangle { corner, size } => {
                let rect = Rect::from_xywh(corner.0 as f32, corner.1 as f32, size.0 as f32, size.1 as f32)?;
                Some(PathBuilder::from_rect(rect))
            }
            Frame::Disc { centre, radius } => {
                PathBuilder::from_circle(centre.0 as f32, centre.1 as f32, radius as f32)
            }
        }
    }

    struct Canvas {
        pixels: Pixmap,
        mask: Mask,
    }

    impl Canvas {
        fn item(&mut self, item: &Item) {
            match item {
                Item::Path { lines, closed, fill, pen, clipped } => {
                    if let Some(path) = path(lines, *closed) {
                        self.path(&path, *fill, *pen, *clipped);
                    }
                }
                Item::Dot { spot, radius, fill, pen } => {
                    if let Some(path) = PathBuilder::from_circle(spot.0 as f32, spot.1 as f32, *radius as f32)
                    {
                        self.path(&path, Some(*fill), *pen, false);
                    }
                }
                Item::Text(text) => self.text(text),
            }
        }

        fn path(&mut self, path: &Path, fill: Option<Paint>, pen: Option<Pen>, clipped: bool) {
            let mask = clipped.then_some(&self.mask);
            if let Some(fill) = fill {
                self.pixels.fill_path(path, &colour(fill), FillRule::EvenOdd, scaling(), mask);
            }
            if let Some(pen) = pen {
                self.pixels.stroke_path(path, &colour(pen.paint), &stroke(pen), scaling(), mask);
            }
        }

        fn text(&mut self, text: &Text) {
            let mut letters = Letters(PathBuilder::new());
            font::outline(&text.text, text.start(), text.size, text.weight, &mut letters);
            let Some(path) = letters.0.finish() else { return };
            if text.halo {
                self.pixels.stroke_path(&path, &colour(HALO.paint), &stroke(HALO), scaling(), None);
            }
            self.pixels.fill_path(&path, &colour(Paint::solid(text.rgb)), FillRule::Winding, scaling(), None);
        }
    }

    fn path(lines: &[Vec<Spot>], closed: bool) -> Option<Path> {
        let mut builder = PathBuilder::new();
        for line in lines {
            for (index, &(x, y)) in line.iter().enumerate() {
                if index == 0 {
                    builder.move_to(x as f32, y as f32)
                } else {
                    builder.line_to(x as f32, y as f32)
                }
            }
            if closed {
                builder.close();
            }
        }
        builder.finish()
    }

    fn colour(paint: Paint) -> tiny_skia::Paint<'static> {
        let [_, red, green, blue] = paint.rgb.to_be_bytes();
        let mut colour = tiny_skia::Paint { anti_alias: true, ..tiny_skia::Paint::default() };
        colour.set_color_rgba8(red, green, blue, (paint.alpha * 255.0).round() as u8);
        colour
    }

    fn stroke(pen: Pen) -> Stroke {
        let dash = pen.dash as f32;
        Stroke {
            width: pen.width as f32,
            line_join: LineJoin::Round,
            dash: if dash > 0.0 { StrokeDash::new(vec![dash, dash], 0.0) } else { None },
            ..Stroke::default()
        }
    }

    /// Glyph outlines as a path.
    struct Letters(PathBuilder);

    impl OutlineBuilder for Letters {
        fn move_to(&mut self, x: f32, y: f32) {
            self.0.move_to(x, y);
        }

        fn line_to(&mut self, x: f32, y: f32) {
            self.0.line_to(x, y);
        }

        fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
            self.0.quad_to(x1, y1, x, y);
        }

        fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
            self.0.cubic_to(x1, y1, x2, y2, x, y);
        }

        fn close(&mut self) {
            self.0.close();
        }
    }
}
