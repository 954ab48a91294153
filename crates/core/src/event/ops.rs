//! Operations on the changelog.
