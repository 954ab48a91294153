//! Manual pages.

use std::io;
use std::path::Path;

use clap::Command;
use clap_mangen::Man;

use super::russian;
use crate::lang;

/// Writes a page for each command that is shown.
pub(super) fn write(program: Command, folder: &Path) -> io::Result<()> {
    let mut program = program.disable_help_subcommand(true);
    program.build();
    below(&program, folder)
}

fn below(command: &Command, folder: &Path) -> io::Result<()> {
    for command in command.get_subcommands().filter(|command| !command.is_hide_set()) {
        below(command, folder)?;
    }
    let page = Man::new(command.clone());
    let mut text = Vec::new();
    page.render(&mut text)?;
    if lang::is_russian() {
        text = russian::in_manual(&String::from_utf8_lossy(&text)).into_bytes();
    }
    std::fs::write(folder.join(page.get_filename()), text)
}
