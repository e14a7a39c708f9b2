//! What a column can hold on both engines, and how a field becomes one.
//!
//! Integers, text and bytes mean the same on SQLite and PostgreSQL; times, lists and enums are made of them.
//! So that the SQL is written once, records go through [`Value`] and never through an engine's own types.

use crate::error::StoreError;

/// A word that is not one of an enum's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{word}` is not a {kind}; known: {known}")]
pub struct UnknownWord {
    /// Which enum.
    pub kind: &'static str,
    /// What was given.
    pub word: String,
    /// The words there are.
    pub known: &'static str,
}

/// What a column can hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    Null(Kind),
    Int(i64),
    Text(String),
    Blob(Vec<u8>),
}

/// What type a column has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Int,
    Text,
    Blob,
}

/// A field of a record that is a column of its table.
pub(crate) trait Field: Sized {
    const KIND: Kind;
    fn to_value(&self) -> Value;
    /// Reads the column `name`.
    fn of_value(value: Value, name: &'static str) -> Result<Self, StoreError>;
}

impl Field for i64 {
    const KIND: Kind = Kind::Int;
    fn to_value(&self) -> Value {
        Value::Int(*self)
    }
    fn of_value(value: Value, name: &'static str) -> Result<Self, StoreError> {
        match value {
            Value::Int(int) => Ok(int),
            other => Err(unreadable(name, &other)),
        }
    }
}

impl Field for i32 {
    const KIND: Kind = Kind::Int;
    fn to_value(&self) -> Value {
        Value::Int(i64::from(*self))
    }
    fn of_value(value: Value, name: &'static str) -> Result<Self, StoreError> {
        let int = i64::of_value(value, name)?;
        Self::try_from(int).map_err(|_| unreadable(name, &Value::Int(int)))
    }
}

impl Field for bool {
    const KIND: Kind = Kind::Int;
    fn to_value(&self) -> Value {
        Value::Int(i64::from(*self))
    }
    fn of_value(value: Value, name: &'static str) -> Result<Self, StoreError> {
        match i64::of_value(value, name)? {
            0 => Ok(false),
            1 => Ok(true),
            other => Err(unreadable(name, &Value::Int(other))),
        }
    }
}

impl Field for String {
    const KIND: Kind = Kind::Text;
    fn to_value(&self) -> Value {
        Value::Text(self.clone())
    }
    fn of_value(value: Value, name: &'static str) -> Result<Self, StoreError> {
        match value {
            Value::Text(text) => Ok(text),
            other => Err(unreadable(name, &other)),
        }
    }
}

impl Field for Vec<u8> {
    const KIND: Kind = Kind::Blob;
    fn to_value(&self) -> Value {
        Value::Blob(self.clone())
    }
    fn of_value(value: Value, name: &'static str) -> Result<Self, StoreError> {
        match value {
            Value::Blob(blob) => Ok(blob),
            other => Err(unreadable(name, &other)),
        }
    }
}

impl<const N: usize> Field for [u8; N] {
    const KIND: Kind = Kind::Blob;
    fn to_value(&self) -> Value {
        Value::Blob(self.to_vec())
    }
    fn of_value(value: Value, name: &'static str) -> Result<Self, StoreError> {
        let blob = Vec::of_value(value, name)?;
        Self::try_from(blob).map_err(|blob| unreadable(name, &Value::Blob(blob)))
    }
}

/// A list of words is text with one a line: ids and addresses hold no line feed.
impl Field for Vec<String> {
    const KIND: Kind = Kind::Text;
    fn to_value(&self) -> Value {
        Value::Text(self.join("\n"))
    }
    fn of_value(value: Value, name: &'static str) -> Result<Self, StoreError> {
        Ok(String::of_value(value, name)?.lines().map(str::to_owned).collect())
    }
}

impl<T: Field> Field for Option<T> {
    const KIND: Kind = T::KIND;
    fn to_value(&self) -> Value {
        self.as_ref().map_or(Value::Null(T::KIND), Field::to_value)
    }
    fn of_value(value: Value, name: &'static str) -> Result<Self, StoreError> {
        match value {
            Value::Null(_) => Ok(None),
            value => T::of_value(value, name).map(Some),
        }
    }
}

fn unreadable(column: &'static str, value: &Value) -> StoreError {
    // Bytes are told by their number: they may be evidence.
    let found = match value {
        Value::Null(_) => "nothing".to_owned(),
        Value::Int(int) => format!("the number {int}"),
        Value::Text(text) => format!("the text `{}`", text.chars().take(40).collect::<String>()),
        Value::Blob(blob) => format!("{} bytes", blob.len()),
    };
    StoreError::Unreadable { column, found }
}

/// An enum whose values are words in the database.
macro_rules! words {
    ($(#[$doc:meta])* pub enum $name:ident: $kind:literal { $($(#[$item:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$item])* $variant,)+ }

        impl $name {
            /// The word that the database holds.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::value::UnknownWord;
            fn from_str(word: &str) -> Result<Self, Self::Err> {
                match word {
                    $($word => Ok(Self::$variant),)+
                    _ => Err($crate::value::UnknownWord {
                        kind: $kind, word: word.to_owned(), known: concat!($($word, " ",)+),
                    }),
                }
            }
        }

        impl $crate::value::Field for $name {
            const KIND: $crate::value::Kind = $crate::value::Kind::Text;
            fn to_value(&self) -> $crate::value::Value {
                $crate::value::Value::Text(self.as_str().to_owned())
            }
            fn of_value(value: $crate::value::Value, name: &'static str) -> Result<Self, $crate::StoreError> {
                let word = String::of_value(value, name)?;
                word.parse().map_err(|unknown: $crate::value::UnknownWord| $crate::StoreError::Unreadable {
                    column: name,
                    found: unknown.to_string(),
                })
            }
        }
    };
}
pub(crate) use words;

/// A struct that is a row: its fields are the columns of a table, by name and in order.
macro_rules! row {
    ($(#[$doc:meta])* $vis:vis struct $name:ident: $kind:literal in $table:literal { $($(#[$item:meta])* pub $field:ident: $type:ty,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        $vis struct $name { $($(#[$item])* pub $field: $type,)+ }

        impl $crate::record::Row for $name {
            const KIND: &'static str = $kind;
            const TABLE: &'static str = $table;
            const COLUMNS: &'static [&'static str] = &[$(stringify!($field),)+];
            const KINDS: &'static [$crate::value::Kind] = &[$(<$type as $crate::value::Field>::KIND,)+];
            fn values(&self) -> Vec<$crate::value::Value> {
                vec![$($crate::value::Field::to_value(&self.$field),)+]
            }
            fn of_values(values: Vec<$crate::value::Value>) -> Result<Self, $crate::StoreError> {
                let mut values = values.into_iter();
                // A short row cannot be: the same list of columns was asked for.
                let mut next = move |kind| values.next().unwrap_or($crate::value::Value::Null(kind));
                Ok(Self { $($field: $crate::value::Field::of_value(
                    next(<$type as $crate::value::Field>::KIND), stringify!($field),
                )?,)+ })
            }
        }
    };
}
pub(crate) use row;
