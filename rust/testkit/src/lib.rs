//! Golden vectors and scripted servers for the tests of the other crates.
