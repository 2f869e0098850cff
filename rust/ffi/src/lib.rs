//! The native library of the SPE module: interoptopus services over spe-client, nothing else.
