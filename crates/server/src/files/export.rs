//! Files of ordered exports: tables of issues as CSV, XML or a workbook.

use std::fmt::Write as _;

use axum::body::Body;
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderValue, Method, Response};
use rust_xlsxwriter::{Format as Style, Workbook, XlsxError};
use trackway_core::Error;
use trackway_core::entity::export::{self, Format, Sheet};

use super::Call;
use super::download::named;
use crate::http::errors::Refusal;
use crate::lanes;

/// Longest text of a cell that Excel reads, in characters.
const MAX_CELL: usize = 32_767;

/// Sends the file of an export.
pub(super) async fn answer(call: &Call<'_>, report: String) -> Result<Response<Body>, Refusal> {
    let sheet =
        lanes::look(call.app, call.caller.clone(), move |cx| export::sheet(cx, &report)).await?;
    let name = format!("{}.{}", sheet.name, sheet.format.name());
    let kind = content_type(sheet.format);
    // A workbook of thousands of rows takes a while.
    let written = tokio::task::spawn_blocking(move || write(&sheet)).await;
    let bytes = written.map_err(Error::internal)?.map_err(Error::internal)?;
    let body = if *call.method == Method::HEAD { Body::empty() } else { Body::from(bytes) };
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(CONTENT_DISPOSITION, named("attachment", &name));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    Ok(response)
}

const fn content_type(format: Format) -> &'static str {
    match format {
        Format::Csv => "text/csv; charset=utf-8",
        Format::Xml => "application/xml",
        Format::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }
}

fn write(sheet: &Sheet) -> Result<Vec<u8>, XlsxError> {
    match sheet.format {
        Format::Csv => Ok(csv(sheet)),
        Format::Xml => Ok(xml(sheet)),
        Format::Xlsx => xlsx(sheet),
    }
}

/// UTF-8 with a mark of it, commas, quotes as RFC 4180 has them (automation.md, section 10).
fn csv(sheet: &Sheet) -> Vec<u8> {
    let titles: Vec<String> = sheet.columns.iter().map(|column| column.title.clone()).collect();
    let mut out = String::from("\u{feff}");
    for row in std::iter::once(&titles).chain(&sheet.rows) {
        let cells: Vec<String> = row.iter().map(|cell| quoted(cell)).collect();
        out.push_str(&cells.join(","));
        out.push_str("\r\n");
    }
    out.into_bytes()
}

fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

fn xml(sheet: &Sheet) -> Vec<u8> {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<issues>\n");
    for row in &sheet.rows {
        out.push_str("<issue>");
        for (column, cell) in sheet.columns.iter().zip(row) {
            let (id, title) = (escaped(&column.id), escaped(&column.title));
            let cell = escaped(cell);
            // Writing into a String cannot fail.
            let _ = write!(out, "<field id=\"{id}\" name=\"{title}\">{cell}</field>");
        }
        out.push_str("</issue>\n");
    }
    out.push_str("</issues>\n");
    out.into_bytes()
}

/// Text for XML, which has no place at all for most control characters.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(c),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

fn xlsx(sheet: &Sheet) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let page = book.add_worksheet();
    let bold = Style::new().set_bold();
    for (column, title) in (0_u16..).zip(&sheet.columns) {
        page.write_string_with_format(0, column, &title.title, &bold)?;
    }
    for (number, row) in (1_u32..).zip(&sheet.rows) {
        for (column, cell) in (0_u16..).zip(row) {
            let cell: String = cell.chars().take(MAX_CELL).collect();
            // As text, so that nothing in it is taken for a formula.
            page.write_string(number, column, cell)?;
        }
    }
    page.set_freeze_panes(1, 0)?;
    book.save_to_buffer()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_where_they_must_be() {
        assert_eq!(quoted("plain"), "plain");
        assert_eq!(quoted("a,b"), "\"a,b\"");
        assert_eq!(quoted("say \"hi\"\n"), "\"say \"\"hi\"\"\n\"");
        assert_eq!(escaped("<a & \"b\">\u{0}"), "&lt;a &amp; &quot;b&quot;&gt;");
    }
}
