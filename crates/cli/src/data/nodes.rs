//! `nodes.csv`: places, their position error, and what is known against them.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use lightcone_core::{ClockError, Metres, Point};

use super::table::{Column, Row, Table};
use crate::exit::Failure;

/// A row of the file.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    /// Unique in the file.
    pub(crate) id: String,
    /// For people; the id where the file has none.
    pub(crate) name: String,
    /// Where it is said to be.
    pub(crate) point: Option<Point>,
    /// ISO 3166-1 alpha-2 code of the country it is said to be in; may be empty.
    pub(crate) country: String,
    /// What it may be used for.
    pub(crate) role: Role,
    /// Whether the file says that it is in order and at one place.
    pub(crate) trusted: bool,
    /// How far from its coordinates the true place of a target may be.
    pub(crate) truth_radius: Metres,
    /// How far from its coordinates a landmark may stand.
    pub(crate) position_error: Option<Metres>,
    /// How much too short its clock may show a round trip.
    pub(crate) clock_error: ClockError,
    /// Who could lie together with it.
    pub(crate) group: Option<String>,
    /// Where in the file.
    pub(crate) line: u64,
}

/// What a node may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// To be located and to locate others.
    Any,
    /// Only to locate others.
    Landmark,
    /// Only to be located.
    Target,
}

/// All nodes of a file, in its order.
#[derive(Clone, Debug)]
pub(crate) struct Nodes {
    path: PathBuf,
    list: Vec<Node>,
    index: HashMap<String, usize>,
    has_position_error: bool,
}

struct Columns {
    id: Column,
    lat: Column,
    lon: Column,
    name: Column,
    country: Column,
    quality: Column,
    role: Column,
    kind: Column,
    truth_radius: Column,
    position_error: Column,
    clock_error: Column,
    group: Column,
}

impl Nodes {
    /// Reads a file.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let mut table = Table::open(path)?;
        let [id, lat, lon] = table.needed(["id", "lat", "lon"])?;
        let columns = Columns {
            id,
            lat,
            lon,
            name: table.column("name"),
            country: table.column("country"),
            quality: table.column("quality"),
            role: table.column("role"),
            kind: table.column("kind"),
            truth_radius: table.column("truth_radius_km"),
            position_error: table.column("pos_err_km"),
            clock_error: table.column("clock_err_ns"),
            group: table.column("group"),
        };
        let has_position_error = columns.position_error.is_there();
        let mut nodes =
            Self { path: path.to_owned(), list: Vec::new(), index: HashMap::new(), has_position_error };
        while let Some(row) = table.next_row()? {
            let node = columns.node(row)?;
            if let Some(&first) = nodes.index.get(&node.id) {
                let line = nodes.list[first].line;
                return Err(row.fault(columns.id, format_args!("is on line {line} already; ids are unique")));
            }
            nodes.index.insert(node.id.clone(), nodes.list.len());
            nodes.list.push(node);
        }
        Ok(nodes)
    }

    /// Names of nodes, from no file.
    #[cfg(feature = "demo")]
    pub(crate) fn named<'a>(names: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        let node = |(id, name): (&str, &str)| Node {
            id: id.to_owned(),
            name: name.to_owned(),
            point: None,
            country: String::new(),
            role: Role::Any,
            trusted: true,
            truth_radius: Metres::default(),
            position_error: None,
            clock_error: ClockError::default(),
            group: None,
            line: 0,
        };
        let list: Vec<Node> = names.map(node).collect();
        let index = list.iter().enumerate().map(|(index, node)| (node.id.clone(), index)).collect();
        Self { path: PathBuf::new(), list, index, has_position_error: false }
    }

    /// Where they were read from.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// All of them, in the order of the file.
    pub(crate) fn list(&self) -> &[Node] {
        &self.list
    }

    /// The node of that id.
    pub(crate) fn find(&self, id: &str) -> Option<&Node> {
        self.index.get(id).map(|&index| &self.list[index])
    }

    /// How far a landmark may stand from its coordinates: what the command line says for all, else what the
    /// file says for each. There is no silent zero.
    pub(crate) fn position_error(&self, node: &Node, for_all: Option<Metres>) -> Result<Metres, Failure> {
        let remedy = "say how far landmarks may stand from their coordinates with --position-error-km K";
        match (for_all, node.position_error) {
            (Some(error), _) | (None, Some(error)) => Ok(error),
            (None, None) if self.has_position_error => Err(Failure::input(format!(
                "{}:{}: column `pos_err_km` is empty for landmark `{}`; {remedy}",
                self.path.display(),
                node.line,
                node.id
            ))),
            (None, None) => {
                Err(Failure::input(format!("{}:1: no column `pos_err_km`; {remedy}", self.path.display())))
            }
        }
    }
}

impl Columns {
    fn node(&self, row: Row<'_>) -> Result<Node, Failure> {
        let id = row.get(self.id).to_owned();
        if id.is_empty() {
            return Err(row.fault(self.id, "is empty; every node needs an id"));
        }
        let name = match row.get(self.name) {
            "" => id.clone(),
            name => name.to_owned(),
        };
        let text = |column| Some(row.get(column).to_owned()).filter(|text| !text.is_empty());
        Ok(Node {
            name,
            point: self.point(row)?,
            country: row.get(self.country).to_ascii_uppercase(),
            role: self.role(row)?,
            trusted: matches!(row.get(self.quality), "" | "ok") && row.get(self.kind) != "anycast",
            truth_radius: kilometres(row, self.truth_radius)?.unwrap_or(Metres::ZERO),
            position_error: kilometres(row, self.position_error)?,
            clock_error: self.clock_error(row)?,
            group: text(self.group),
            line: row.line(),
            id,
        })
    }

    fn point(&self, row: Row<'_>) -> Result<Option<Point>, Failure> {
        match (row.number(self.lat)?, row.number(self.lon)?) {
            (None, None) => Ok(None),
            (Some(lat), Some(lon)) => match Point::from_degrees(lat, lon) {
                Ok(point) => Ok(Some(point)),
                Err(_) if lat.abs() > 90.0 => Err(row.fault(self.lat, "is not within -90 to 90 degrees")),
                Err(_) => Err(row.fault(self.lon, "is not within -180 to 180 degrees")),
            },
            (Some(_), None) => Err(row.fault(self.lon, "is empty, but `lat` is not; give both or neither")),
            (None, Some(_)) => Err(row.fault(self.lat, "is empty, but `lon` is not; give both or neither")),
        }
    }

    fn role(&self, row: Row<'_>) -> Result<Role, Failure> {
        match row.get(self.role) {
            "" => Ok(Role::Any),
            "landmark" => Ok(Role::Landmark),
            "target" => Ok(Role::Target),
            _ => Err(row.fault(self.role, "is neither `landmark` nor `target` nor empty")),
        }
    }

    fn clock_error(&self, row: Row<'_>) -> Result<ClockError, Failure> {
        let text = row.get(self.clock_error);
        if text.is_empty() {
            return Ok(ClockError::default());
        }
        let ns =
            text.parse().map_err(|_| row.fault(self.clock_error, "is not a whole number of nanoseconds"))?;
        ClockError::from_ns(ns).map_err(|_| row.fault(self.clock_error, "is not within 0 and one second"))
    }
}

/// Kilometres of a column as metres.
fn kilometres(row: Row<'_>, column: Column) -> Result<Option<Metres>, Failure> {
    let Some(km) = row.number(column)? else { return Ok(None) };
    Metres::new(km * 1_000.0).map(Some).map_err(|_| row.fault(column, "is not within 0 and 20,100 km"))
}
