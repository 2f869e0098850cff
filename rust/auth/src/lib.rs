//! Tokens of the SPE remoting protocol: minting, parsing and validation, without I/O.
