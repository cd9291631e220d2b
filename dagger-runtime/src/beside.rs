//! Where a file is written that is to appear when it is whole: beside its place.

use std::io;
use std::path::Path;

use tempfile::{Builder, NamedTempFile};

/// How much is written at once.
pub(crate) const BUFFER: usize = 1 << 16;

/// A new file beside a place, to be moved there.
pub(crate) fn file(path: &Path) -> io::Result<NamedTempFile> {
    let (prefix, mut file) = (prefix(path), Builder::new());
    file.prefix(&*prefix);
    #[cfg(unix)]
    file.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    file.tempfile_in(directory(path))
}

/// The directory of a place.
pub(crate) fn directory(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent.as_os_str().is_empty() => Path::new("."),
        Some(parent) => parent,
        None => Path::new("/"),
    }
}

/// The beginning of the name of what is beside a place.
pub(crate) fn prefix(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    format!(".{}-", name.chars().take(64).collect::<String>())
}
