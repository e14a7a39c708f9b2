//! The compiled contract, read for what its options say.

use std::collections::BTreeMap;

use lightcone::v1::{Audience, FieldClass};
use prost_reflect::{
    DescriptorPool, DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, MethodDescriptor, Value,
};

const PACKAGE: &str = "lightcone.v1";
const OPERATIONS: &str = "google.longrunning";

/// A contract as compiled: the house's own, or one that a test made up.
pub(crate) struct Compiled {
    pool: DescriptorPool,
}

impl Compiled {
    pub(crate) fn ours() -> Self {
        Self { pool: DescriptorPool::decode(lightcone::FILE_DESCRIPTOR_SET).expect("a descriptor set") }
    }

    /// The house's options and kinds of place, and these messages and services beside.
    pub(crate) fn planted(text: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let whole = format!(
            "syntax = \"proto3\";\npackage lightcone.v1;\nimport \"lightcone/v1/options.proto\";\n\
             import \"lightcone/v1/geo.proto\";\n{text}"
        );
        std::fs::write(folder.path().join("planted.proto"), whole).expect("a file");
        let house = concat!(env!("CARGO_MANIFEST_DIR"), "/../proto");
        let mut compiler = protox::Compiler::new([folder.path(), house.as_ref()]).expect("two folders");
        compiler
            .include_imports(true)
            .include_source_info(true)
            .open_file("planted.proto")
            .expect("a contract");
        Self {
            pool: DescriptorPool::decode(&*compiler.encode_file_descriptor_set()).expect("a descriptor set"),
        }
    }

    pub(crate) const fn pool(&self) -> &DescriptorPool {
        &self.pool
    }

    pub(crate) fn messages(&self) -> impl Iterator<Item = MessageDescriptor> {
        self.pool.all_messages().filter(is_own)
    }

    /// Every RPC that is served and asks who calls: ours, and those of the published service for work that takes long.
    pub(crate) fn called(&self) -> impl Iterator<Item = MethodDescriptor> {
        let theirs = self.pool.services().filter(|service| service.package_name() == OPERATIONS);
        self.methods().chain(theirs.flat_map(|service| service.methods().collect::<Vec<_>>()))
    }

    pub(crate) fn methods(&self) -> impl Iterator<Item = MethodDescriptor> {
        let own = self.pool.services().filter(|service| service.package_name() == PACKAGE);
        own.flat_map(|service| service.methods().collect::<Vec<_>>())
    }

    /// The widest audiences of a message.
    pub(crate) fn audiences(&self, message: &MessageDescriptor) -> Vec<Audience> {
        self.listed("audience", &message.options())
    }

    /// The audiences of an RPC's answers.
    pub(crate) fn rpc_audiences(&self, method: &MethodDescriptor) -> Vec<Audience> {
        self.listed("rpc_audience", &method.options())
    }

    /// What a field gives away.
    pub(crate) fn class(&self, field: &FieldDescriptor) -> FieldClass {
        match self.option("field_class", &field.options()) {
            Value::EnumNumber(number) => FieldClass::try_from(number).expect("a class"),
            other => unreachable!("an enum: {other:?}"),
        }
    }

    fn listed(&self, name: &str, options: &DynamicMessage) -> Vec<Audience> {
        let Value::List(values) = self.option(name, options) else { unreachable!("{name} is repeated") };
        let audience = |value: &Value| Audience::try_from(value.as_enum_number()?).ok();
        values.iter().map(|value| audience(value).expect("an audience")).collect()
    }

    fn option(&self, name: &str, options: &DynamicMessage) -> Value {
        let extension = self.pool.get_extension_by_name(&format!("{PACKAGE}.{name}")).expect("the option");
        options.get_extension(&extension).into_owned()
    }
}

fn is_own(message: &MessageDescriptor) -> bool {
    message.package_name() == PACKAGE
}

/// A message of the house and all that it can hold, each once, with the way there.
pub(crate) fn reach(message: &MessageDescriptor) -> BTreeMap<String, (MessageDescriptor, String)> {
    let mut reached = BTreeMap::new();
    walk(message, short(message.full_name()).to_owned(), &mut reached);
    reached
}

fn walk(
    message: &MessageDescriptor,
    way: String,
    reached: &mut BTreeMap<String, (MessageDescriptor, String)>,
) {
    if !is_own(message) || reached.contains_key(message.full_name()) {
        return;
    }
    reached.insert(message.full_name().to_owned(), (message.clone(), way.clone()));
    for field in message.fields() {
        if let Kind::Message(inner) = field.kind() {
            walk(&inner, format!("{way}.{}", field.name()), reached);
        }
    }
}

/// A name without the package.
pub(crate) fn short(name: &str) -> &str {
    name.strip_prefix("lightcone.v1.").unwrap_or(name)
}

/// A method as policies name it, such as `SiteService/GetSite`.
pub(crate) fn call(method: &MethodDescriptor) -> String {
    format!("{}/{}", method.parent_service().name(), method.name())
}
