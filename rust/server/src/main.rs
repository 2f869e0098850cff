//! The server program.
#![forbid(unsafe_code)]

fn main() -> std::process::ExitCode {
    spe_server::cli::main()
}
