//! How much longer than light's way real paths take, as measured between the 50 cloud regions of
//! `examples/azure2026` (Microsoft's monthly medians, CC BY 4.0).
//!
//! The excess over light falls with distance: short ways are mostly detour and equipment, long ways mostly cable.
//! So the table has a row of quantiles for each class of distance. Between the rows the logarithm of the distance
//! is interpolated, below the first and beyond the last row the row itself holds.

/// The shares of pairs at or below which the columns of [`AZURE_2026`] stand.
pub const QUANTILES: [f64; 7] = [0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99];

/// A class of distance: pairs from `from_km` to `to_km` apart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row {
    /// Shortest distance of the class, in kilometres.
    pub from_km: f64,
    /// Longest distance of the class, in kilometres, not included.
    pub to_km: f64,
    /// Round trip over light's round trip, at each of [`QUANTILES`].
    pub stretch: [f64; 7],
}

impl Row {
    /// The distance that stands for the class: the middle of its logarithms, in kilometres.
    fn middle_km(&self) -> f64 {
        (self.from_km * self.to_km).sqrt()
    }
}

/// Round trips between cloud regions over those of light along the geodesic.
pub const AZURE_2026: [Row; 6] = [
    Row { from_km: 100.0, to_km: 300.0, stretch: [4.22, 4.22, 4.51, 4.60, 5.68, 7.88, 7.88] },
    Row { from_km: 300.0, to_km: 1_000.0, stretch: [2.72, 2.97, 3.50, 3.91, 4.43, 5.15, 7.69] },
    Row { from_km: 1_000.0, to_km: 3_000.0, stretch: [1.88, 2.06, 2.70, 3.03, 3.58, 4.41, 10.67] },
    Row { from_km: 3_000.0, to_km: 8_000.0, stretch: [1.85, 2.02, 2.33, 2.74, 3.23, 4.74, 7.13] },
    Row { from_km: 8_000.0, to_km: 14_000.0, stretch: [1.75, 1.90, 2.19, 2.48, 2.95, 3.92, 4.37] },
    Row { from_km: 14_000.0, to_km: 20_100.0, stretch: [1.81, 1.86, 2.04, 2.21, 2.42, 2.85, 3.16] },
];

/// The stretch of a path of this length at this share of the distribution (0 to 1, the last hundredth taken as the
/// 0.99 quantile). At least 1, whatever the table says.
#[must_use]
pub fn at(distance_m: f64, luck: f64) -> f64 {
    let km = distance_m * 1e-3;
    let next = AZURE_2026.iter().position(|row| km < row.middle_km()).unwrap_or(AZURE_2026.len());
    let near = &AZURE_2026[next.saturating_sub(1)];
    let far = &AZURE_2026[next.min(AZURE_2026.len() - 1)];
    let (a, b) = (near.middle_km().ln(), far.middle_km().ln());
    // Outside the table both rows are the same.
    let part = if a < b { (km.ln() - a) / (b - a) } else { 0.0 };
    let (near, far) = (quantile(&near.stretch, luck), quantile(&far.stretch, luck));
    (near + (far - near) * part).max(1.0)
}

/// The value at a share of the distribution, straight between the columns.
fn quantile(stretch: &[f64; 7], luck: f64) -> f64 {
    let luck = luck.clamp(0.0, QUANTILES[6]);
    let next = QUANTILES.iter().position(|&share| luck < share).unwrap_or(6);
    let (left, right) = (next.saturating_sub(1), next);
    let width = QUANTILES[right] - QUANTILES[left];
    let part = if width > 0.0 { (luck - QUANTILES[left]) / width } else { 0.0 };
    stretch[left] + (stretch[right] - stretch[left]) * part
}
