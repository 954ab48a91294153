//! The index with a million documents.

fn main() {
    divan::main();
}
