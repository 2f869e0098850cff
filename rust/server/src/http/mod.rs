//! Listener, routes, refusals and replies.
