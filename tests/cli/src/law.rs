//! What holds of the files that a node reads, whatever is in them.

use std::sync::OnceLock;

use dagger::{Dag, NodeKind};
use dagger_core::exec::coding::Codec;
use dagger_core::remote::{RemoteNode, RemoteParameter};

use crate::cases;

/// How everything is read that the nodes of all cases read: once a type and serializer.
pub fn codecs() -> &'static [(String, Codec)] {
    static CODECS: OnceLock<Vec<(String, Codec)>> = OnceLock::new();
    CODECS.get_or_init(|| {
        let mut all = Vec::new();
        for case in cases() {
            let dag = (case.dag)();
            for parameter in RemoteParameter::of(&dag) {
                all.extend(parameter.codec().ok().map(|codec| (String::new(), codec)));
            }
            add(&dag, &dag, "", &mut all);
        }
        let mut seen = std::collections::HashSet::new();
        all.retain(|(_, codec)| seen.insert(codec.read as usize));
        all
    })
}

fn add(root: &Dag, dag: &Dag, around: &str, all: &mut Vec<(String, Codec)>) {
    for described in dag.nodes() {
        let address = format!("{around}{}", described.name);
        let node = RemoteNode::find(root, &address).expect("the node is there");
        for input in node.inputs() {
            all.extend(input.codec().ok().map(|codec| (input.ty(), codec)));
        }
        if let NodeKind::Dag(nested) = &described.kind {
            add(root, nested, &format!("{address}."), all);
        }
    }
}

/// Reads a file as a value of each type. It is an error, or a value that stays what it is when it is
/// written and read again.
///
/// # Errors
///
/// What is wrong.
pub fn check(file: &[u8]) -> Result<(), String> {
    for (ty, codec) in codecs() {
        let Ok(value) = (codec.read)(&mut &*file) else { continue };
        let mut first = Vec::new();
        (codec.write)(&*value, &mut first)
            .map_err(|error| format!("{ty}: not written: {error}"))?;
        let again = (codec.read)(&mut &first[..]);
        let again = again.map_err(|error| format!("{ty}: not read again: {error}"))?;
        let mut second = Vec::new();
        (codec.write)(&*again, &mut second).map_err(|error| format!("{ty}: {error}"))?;
        if first != second {
            return Err(format!("{ty}: is another value when it is read again"));
        }
    }
    Ok(())
}
