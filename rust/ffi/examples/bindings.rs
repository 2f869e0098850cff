//! Writes the C# bindings: `cargo run -p spe-ffi --example bindings`.

mod generate;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    std::fs::write(generate::path(), generate::bindings()?)?;
    Ok(())
}
