//! Unpacks the files of Swagger UI that `/docs` serves.

use std::env;
use std::error::Error;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use flate2::bufread::DeflateDecoder;
use rawzip::{CompressionMethod, ZipArchive};
use utoipa_swagger_ui_vendored::SWAGGER_UI_VENDORED;

const FILES: [&str; 3] = [
    "favicon-32x32.png",
    "swagger-ui-bundle.js",
    "swagger-ui.css",
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let folder = PathBuf::from(env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?);
    for file in FILES {
        unpack(file, &folder.join(file))?;
    }
    Ok(())
}

fn unpack(file: &str, target: &Path) -> Result<(), Box<dyn Error>> {
    let archive = ZipArchive::from_slice(SWAGGER_UI_VENDORED)?;
    let end = format!("/dist/{file}");
    let mut entries = archive.entries();
    while let Some(entry) = entries.next_entry()? {
        if entry.file_path().as_ref().ends_with(end.as_bytes()) {
            let packed = archive.get_entry(entry.wayfinder())?;
            let unpacked: Box<dyn Read> = match entry.compression_method() {
                CompressionMethod::STORE => Box::new(packed.data()),
                CompressionMethod::DEFLATE => Box::new(DeflateDecoder::new(packed.data())),
                other => return Err(format!("`{file}` is packed by {other:?}").into()),
            };
            let mut unpacked = packed.verifying_reader(unpacked);
            io::copy(&mut unpacked, &mut File::create(target)?)?;
            return Ok(());
        }
    }
    Err(format!("Swagger UI has no file `{file}`").into())
}
