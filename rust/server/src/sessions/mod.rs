//! What outlives a request: sessions, jobs, their records and those who wait for them.
