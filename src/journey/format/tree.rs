//! A value as RON would hold it, before anybody decides where its lines break.
//!
//! The `ron` crate writes every struct on one line or none; the files people review need both.
//! So a file's structs are serialised into this small tree, and [`super::layout`] turns it into
//! text.

use std::fmt::Display;

use serde::ser::{self, Serialize};

/// One RON value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node {
    /// A word or number as written: `true`, `4.5`, `Active`, `None`.
    Word(String),
    /// Text, still without quotes.
    Text(String),
    /// `[a, b]`
    List(Vec<Node>),
    /// `{"a": 1}`
    Map(Vec<(Node, Node)>),
    /// `(a: 1)` or `Name(a: 1)`.
    Struct(Option<&'static str>, Vec<(&'static str, Node)>),
    /// `Name(a)`
    Wrapped(&'static str, Box<Node>),
}

/// The tree of a value.
pub(super) fn tree<T: Serialize + ?Sized>(value: &T) -> Result<Node, NotWritable> {
    value.serialize(Builder)
}

/// A value that the file formats have no form for (bytes, tuples). No file struct has one.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct NotWritable(String);

impl ser::Error for NotWritable {
    fn custom<T: Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

fn unsupported(what: &str) -> NotWritable {
    NotWritable(format!("the file format has no {what}"))
}

/// A whole number without a fraction, others in the shortest form that reads back.
fn number(value: f64, shortest: String) -> Node {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let whole = value.fract() == 0.0 && value.abs() < EXACT && !(value == 0.0 && value.is_sign_negative());
    Node::Word(if whole { format!("{value:.0}") } else { shortest })
}

struct Builder;

/// Collects the elements of a list.
struct Elements(Vec<Node>);

/// Collects the entries of a map.
#[derive(Default)]
struct Entries {
    done: Vec<(Node, Node)>,
    key: Option<Node>,
}

/// Collects the fields of a struct or struct variant.
struct Fields(Option<&'static str>, Vec<(&'static str, Node)>);

macro_rules! words {
    ($($method:ident: $kind:ty),*) => {$(
        fn $method(self, value: $kind) -> Result<Node, NotWritable> {
            Ok(Node::Word(value.to_string()))
        }
    )*};
}

impl ser::Serializer for Builder {
    type Ok = Node;
    type Error = NotWritable;
    type SerializeSeq = Elements;
    type SerializeTuple = ser::Impossible<Node, NotWritable>;
    type SerializeTupleStruct = ser::Impossible<Node, NotWritable>;
    type SerializeTupleVariant = ser::Impossible<Node, NotWritable>;
    type SerializeMap = Entries;
    type SerializeStruct = Fields;
    type SerializeStructVariant = Fields;

    words!(serialize_bool: bool, serialize_i8: i8, serialize_i16: i16, serialize_i32: i32,
        serialize_i64: i64, serialize_u8: u8, serialize_u16: u16, serialize_u32: u32,
        serialize_u64: u64);

    fn serialize_f32(self, value: f32) -> Result<Node, NotWritable> {
        Ok(number(f64::from(value), format!("{value:?}")))
    }
    fn serialize_f64(self, value: f64) -> Result<Node, NotWritable> {
        Ok(number(value, format!("{value:?}")))
    }
    fn serialize_char(self, value: char) -> Result<Node, NotWritable> {
        Ok(Node::Text(value.to_string()))
    }
    fn serialize_str(self, value: &str) -> Result<Node, NotWritable> {
        Ok(Node::Text(value.to_owned()))
    }
    fn serialize_bytes(self, _: &[u8]) -> Result<Node, NotWritable> {
        Err(unsupported("bytes"))
    }
    fn serialize_none(self) -> Result<Node, NotWritable> {
        Ok(Node::Word("None".to_owned()))
    }
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Node, NotWritable> {
        value.serialize(self)
    }
    fn serialize_unit(self) -> Result<Node, NotWritable> {
        Err(unsupported("empty value"))
    }
    fn serialize_unit_struct(self, _: &'static str) -> Result<Node, NotWritable> {
        Err(unsupported("empty struct"))
    }
    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<Node, NotWritable> {
        Ok(Node::Word(variant.to_owned()))
    }
    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<Node, NotWritable> {
        value.serialize(self)
    }
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<Node, NotWritable> {
        Ok(Node::Wrapped(variant, Box::new(value.serialize(self)?)))
    }
    fn serialize_seq(self, _: Option<usize>) -> Result<Elements, NotWritable> {
        Ok(Elements(Vec::new()))
    }
    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, NotWritable> {
        Err(unsupported("tuple"))
    }
    fn serialize_tuple_struct(
        self,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleStruct, NotWritable> {
        Err(unsupported("tuple"))
    }
    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, NotWritable> {
        Err(unsupported("tuple"))
    }
    fn serialize_map(self, _: Option<usize>) -> Result<Entries, NotWritable> {
        Ok(Entries::default())
    }
    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Fields, NotWritable> {
        Ok(Fields(None, Vec::new()))
    }
    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Fields, NotWritable> {
        Ok(Fields(Some(variant), Vec::new()))
    }
}

impl ser::SerializeSeq for Elements {
    type Ok = Node;
    type Error = NotWritable;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), NotWritable> {
        self.0.push(tree(value)?);
        Ok(())
    }
    fn end(self) -> Result<Node, NotWritable> {
        Ok(Node::List(self.0))
    }
}

impl ser::SerializeMap for Entries {
    type Ok = Node;
    type Error = NotWritable;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), NotWritable> {
        self.key = Some(tree(key)?);
        Ok(())
    }
    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), NotWritable> {
        let key = self.key.take().ok_or_else(|| unsupported("map value without a key"))?;
        self.done.push((key, tree(value)?));
        Ok(())
    }
    fn end(self) -> Result<Node, NotWritable> {
        Ok(Node::Map(self.done))
    }
}

impl ser::SerializeStruct for Fields {
    type Ok = Node;
    type Error = NotWritable;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), NotWritable> {
        self.1.push((name, tree(value)?));
        Ok(())
    }
    fn end(self) -> Result<Node, NotWritable> {
        Ok(Node::Struct(self.0, self.1))
    }
}

impl ser::SerializeStructVariant for Fields {
    type Ok = Node;
    type Error = NotWritable;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), NotWritable> {
        ser::SerializeStruct::serialize_field(self, name, value)
    }
    fn end(self) -> Result<Node, NotWritable> {
        ser::SerializeStruct::end(self)
    }
}
