//! Everything that crosses the boundary.

use interoptopus::inventory::RustInventory;
use interoptopus::{builtins_wire, guard, service};

use crate::Client;

/// Lists the service with all its types. The hash over it is compared when the library is loaded.
pub fn inventory() -> RustInventory {
    RustInventory::new()
        .register(builtins_wire!())
        .register(service!(Client))
        .register(guard!(inventory))
        .validate()
}
