//! Chooses what of the sources is shown with a finding, and cuts it to the width of the output.
//!
//! The result is a [`View`]: a small text of its own, all of it printable, in which every label is a range. The
//! drawing never sees the source, so neither a minified line of a megabyte nor a control character gets there.

use super::locate::Locator;
use super::visible::{Cell, Charset, cells, keep_end, width, wrap};
use crate::secrets::Hidden;
use crate::source::{Source, SourceId, Span};
use std::collections::BTreeMap;
use std::ops::Range;

/// Lines shown around a labelled one.
const CONTEXT: usize = 1;
/// Labelled lines that are at most this far apart share a snippet: a gap of one line is not worth two boxes.
const NEAR: usize = 2 * CONTEXT + 2;
/// Columns between the edge of the output and the text of a line with line number: ` 12 │ `, the digits left out.
const GUTTER: usize = 4;
/// Columns of `╰── ` and `╰─┤ `, which go before a label's text.
const HOOK: usize = 4;
/// Lines that the text of one label may take.
const MAX_LABEL_LINES: usize = 6;
/// Bytes looked at per column of output, so that a heap of combining characters cannot hold us up.
const BYTES_PER_COLUMN: usize = 32;
/// A line that begins with so many spaces shows nothing else.
const BLANK: usize = 200;

/// What the output can take.
#[derive(Clone, Copy)]
pub(super) struct Layout {
    /// Columns.
    pub(super) width: usize,
    /// Characters.
    pub(super) charset: Charset,
}

/// [`Layout`] for the snippets of one finding, which share a column of line numbers.
#[derive(Clone, Copy)]
struct Frame {
    layout: Layout,
    /// Digits of the greatest line number that may be shown.
    digits: usize,
}

impl Frame {
    fn new(marks: &[Mark<'_>], locator: &Locator<'_>, layout: Layout) -> Self {
        let lines =
            |mark: &Mark<'_>| locator.sources().get(mark.span.source).map_or(1, |source| source.lines().count());
        Self { layout, digits: digits(marks.iter().map(lines).max().unwrap_or(1)) }
    }

    /// Bytes looked at on either side of a place.
    fn reach(self) -> usize {
        self.room() * BYTES_PER_COLUMN
    }

    /// Columns for the text of a line.
    fn room(self) -> usize {
        self.layout.width.saturating_sub(GUTTER + self.digits)
    }
}

/// A place to point at.
pub(super) struct Mark<'a> {
    /// Its bytes; of several lines only the first is underlined.
    pub(super) span: Span,
    /// What is said there, if anything.
    pub(super) text: &'a str,
    /// Its place in the story, where that is shown.
    pub(super) number: Option<usize>,
}

/// A text made for one finding: the lines to show, snippet after snippet, each line ending with `\n`.
#[derive(Debug, Default)]
pub(super) struct View {
    /// The text.
    pub(super) text: String,
    /// The snippets in the order of the story.
    pub(super) snippets: Vec<Snippet>,
    /// The underlined ranges, by where they start; no two overlap.
    pub(super) marks: Vec<Drawn>,
}

/// Some consecutive lines of one source.
#[derive(Debug)]
pub(super) struct Snippet {
    /// The name of the source, as it is shown.
    pub(super) file: String,
    /// Its bytes in [`View::text`].
    pub(super) range: Range<usize>,
    /// Line number of the first line, from 1.
    pub(super) first_line: usize,
    /// How many lines.
    pub(super) lines: usize,
}

/// A range to underline.
#[derive(Debug)]
pub(super) struct Drawn {
    /// Its bytes in [`View::text`]; empty for an arrow at a place.
    pub(super) range: Range<usize>,
    /// The text, broken into lines; empty for none.
    pub(super) text: String,
    /// Index of the mark that comes first in the story.
    pub(super) mark: usize,
    /// Line of that mark in its source, from 1.
    pub(super) line: usize,
    /// Column of that mark in its source, in code points from 1.
    pub(super) column: usize,
    /// Whether it is the one that the head of its snippet names.
    pub(super) heads: bool,
}

/// A mark with the bytes of it that are on its first line.
#[derive(Clone, Copy)]
struct Place {
    mark: usize,
    start: usize,
    end: usize,
    /// Columns of its text, number and all.
    text: usize,
}

/// Places on one line that are drawn together.
struct Row {
    source: SourceId,
    line: usize,
    crop: Crop,
    /// The line is shown more than once, each time around other places.
    alone: bool,
}

/// The part of a line that is shown.
struct Crop {
    cells: Vec<Cell>,
    cut_before: bool,
    cut_after: bool,
    underlines: Vec<Underline>,
}

/// Places that share their first column.
#[derive(Clone)]
struct Underline {
    /// Marks in the order of the story.
    marks: Vec<usize>,
    /// Columns in the line as it is shown.
    columns: Range<usize>,
    /// Columns of the widest text.
    text: usize,
}

impl Underline {
    /// Columns left for the text of a label, whose hook hangs from the middle of the underline.
    fn room(&self, room: usize) -> usize {
        let end = self.columns.end.max(self.columns.start + 1);
        room.saturating_sub(usize::midpoint(self.columns.start, end) + HOOK)
    }

    /// Whether the texts can be read there: on one line, or on a few of decent length.
    fn is_readable(&self, room: usize) -> bool {
        let room = self.room(room);
        self.text <= room || (room >= 20 && self.text <= 3 * room) || room >= 36
    }
}

/// Makes the view of `marks`, of which the first that can be shown heads its snippet.
/// What of the sources is `hidden` is not in it.
pub(super) fn view(marks: &[Mark<'_>], hidden: &Hidden, locator: &mut Locator<'_>, layout: Layout) -> View {
    let mut view = View::default();
    let frame = Frame::new(marks, locator, layout);
    for rows in group(rows(marks, hidden, locator, frame)) {
        add_snippet(&mut view, &rows, marks, hidden, locator, frame);
    }
    view
}

fn digits(number: usize) -> usize {
    number.checked_ilog10().map_or(1, |log| log as usize + 1)
}

/// Finds the line of every mark and cuts it.
fn rows(marks: &[Mark<'_>], hidden: &Hidden, locator: &mut Locator<'_>, frame: Frame) -> Vec<Row> {
    let mut lines: BTreeMap<(SourceId, usize), Vec<Place>> = BTreeMap::new();
    for (index, mark) in marks.iter().enumerate() {
        let Some(source) = locator.sources().get(mark.span.source) else { continue };
        let text = source.text();
        let start = text.floor_char_boundary(mark.span.start as usize);
        let line = source.lines().line_of(u32::try_from(start).unwrap_or(u32::MAX));
        let range = source.lines().line_range(text, line);
        let start = start.min(range.end);
        let end = text.ceil_char_boundary(mark.span.end as usize).clamp(start, range.end);
        let number = mark.number.map_or(0, |number| digits(number) + 1);
        // As it is shown: a control character has a stand-in, which takes a column.
        let shown = cells(mark.text, 0, frame.layout.charset).take(4 * frame.layout.width);
        let text = number + shown.map(|cell| cell.width).sum::<usize>();
        lines.entry((mark.span.source, line)).or_default().push(Place { mark: index, start, end, text });
    }
    let mut rows = Vec::new();
    for ((id, line), mut places) in lines {
        let Some(source) = locator.sources().get(id) else { continue };
        places.sort_by_key(|place| (place.start, place.mark));
        let reach = frame.reach();
        let last = places.last().map_or(0, |place| place.start);
        let near = places.first().map_or(0, |place| place.start.saturating_sub(reach))..last.saturating_add(reach);
        let secret = locator.hidden(hidden, id, &near);
        let crops = crops(source, line, &places, &secret, frame);
        let alone = crops.len() > 1;
        rows.extend(crops.into_iter().map(|crop| Row { source: id, line, crop, alone }));
    }
    rows
}

/// Cuts a line once around all its places if that leaves each of them readable, otherwise several times.
fn crops(source: &Source, line: usize, places: &[Place], secret: &[Range<usize>], frame: Frame) -> Vec<Crop> {
    let mut crops = Vec::new();
    let mut rest = places;
    while let Some((first, others)) = rest.split_first() {
        let region = Region::around(source, line, first.start, secret, frame);
        let most = others.iter().take_while(|place| place.start <= region.range.end).count();
        // Places that begin together share an underline, so they stay together.
        let together = 1 + others.iter().take_while(|place| place.start == first.start).count();
        let parts = |taken: usize| {
            let (last, next) = (rest.get(taken.saturating_sub(1)), rest.get(taken));
            !matches!((last, next), (Some(last), Some(next)) if last.start == next.start)
        };
        let (taken, crop) = (together..=1 + most)
            .rev()
            .filter(|taken| parts(*taken))
            .find_map(|taken| Some((taken, region.fit(rest.get(..taken)?)?)))
            .unwrap_or_else(|| (together, region.squeeze(rest.get(..together).unwrap_or(&[]))));
        crops.push(crop);
        rest = rest.get(taken..).unwrap_or(&[]);
    }
    crops
}

/// The part of a line that could be shown with a place in it: some more than fits on either side.
struct Region {
    cells: Vec<Cell>,
    /// First column of each cell, and the column after the last.
    columns: Vec<usize>,
    range: Range<usize>,
    cut_before: bool,
    cut_after: bool,
    room: usize,
    ellipsis: usize,
}

impl Region {
    fn around(source: &Source, line: usize, anchor: usize, secret: &[Range<usize>], frame: Frame) -> Self {
        let text = source.text();
        let room = frame.room();
        let whole = source.lines().line_range(text, line);
        let reach = frame.reach();
        let floor = text.floor_char_boundary(anchor.saturating_sub(reach)).max(whole.start);
        let end = text.floor_char_boundary(anchor + reach).min(whole.end);
        // Of what is before the anchor, a line's worth; of what is after it too, whatever is cut off before it.
        let mut before = 0;
        let start = text
            .get(floor..anchor)
            .unwrap_or("")
            .char_indices()
            .rev()
            .take_while(|(_, c)| {
                before += if *c == '\t' { 1 } else { width(c.encode_utf8(&mut [0; 4])) };
                before <= room
            })
            .last()
            .map_or(anchor, |(index, _)| floor + index);
        let mut all = Vec::new();
        let mut columns = vec![0];
        let (mut column, mut limit) = (0, usize::MAX);
        for mut cell in cells(text.get(start..end).unwrap_or(""), start, frame.layout.charset) {
            if secret.iter().any(|range| cell.start < range.end && range.start < cell.end) {
                cell.mask();
            }
            if limit == usize::MAX && cell.end > anchor {
                limit = column + room;
            }
            if column > limit {
                break;
            }
            column += cell.width;
            columns.push(column);
            all.push(cell);
        }
        let shown_to = all.last().map_or(end, |cell: &Cell| cell.end);
        let cut_after =
            end < whole.end || cells(text.get(shown_to..end).unwrap_or(""), 0, frame.layout.charset).next().is_some();
        Self {
            range: start..shown_to,
            cut_before: start > whole.start,
            cut_after,
            cells: all,
            columns,
            room,
            ellipsis: width(frame.layout.charset.ellipsis()),
        }
    }

    fn column(&self, index: usize) -> usize {
        self.columns.get(index).or(self.columns.last()).copied().unwrap_or(0)
    }

    /// The cells from which on a place is underlined, and up to which.
    fn cells_of(&self, place: &Place) -> Range<usize> {
        let start = self.cells.partition_point(|cell| cell.end <= place.start);
        let end =
            if place.end > place.start { self.cells.partition_point(|cell| cell.start < place.end) } else { start };
        start..end.max(start)
    }

    /// Shows as much as can be of what comes before the first place, if the places and their texts fit.
    fn fit(&self, places: &[Place]) -> Option<Crop> {
        let first = self.column(self.cells_of(places.first()?).start);
        [false, true].into_iter().find_map(|partly| {
            [usize::MAX, 24, 12, 4].into_iter().find_map(|before| {
                if before == usize::MAX && self.cut_before {
                    return None;
                }
                let from = self.columns.partition_point(|column| column.saturating_add(before) < first);
                let crop = self.cut(from, places, partly)?;
                crop.underlines.iter().all(|underline| underline.is_readable(self.room)).then_some(crop)
            })
        })
    }

    /// Shows places that begin together, whatever their size.
    fn squeeze(&self, places: &[Place]) -> Crop {
        let first = places.first().map_or(0, |place| self.column(self.cells_of(place).start));
        let from = self.columns.partition_point(|column| column + 4 < first);
        self.cut(from, places, true).unwrap_or_else(|| Crop {
            cells: Vec::new(),
            cut_before: self.cut_before,
            cut_after: self.cut_after,
            underlines: separate(
                places
                    .iter()
                    .map(|place| Underline { marks: vec![place.mark], columns: 0..0, text: place.text })
                    .collect(),
            ),
        })
    }

    /// Shows the line from cell `from` on. Nothing, if a place is then out of sight: its first columns, if it may
    /// be seen `partly`, all of it otherwise.
    fn cut(&self, from: usize, places: &[Place], partly: bool) -> Option<Crop> {
        let origin = self.column(from);
        let cut_before = self.cut_before || from > 0;
        let before = if cut_before { self.ellipsis } else { 0 };
        // One column is spared for the arrow of a place at the very end.
        let room = self.room.saturating_sub(before + 1);
        let all = self.cells.len();
        let until = |room: usize| self.columns.partition_point(|column| *column <= origin + room).saturating_sub(1);
        let to = if !self.cut_after && until(room) >= all { all } else { until(room.saturating_sub(self.ellipsis)) };
        let cut_after = self.cut_after || to < all;
        let mut underlines = Vec::new();
        for place in places {
            let Range { start, end } = self.cells_of(place);
            let shown = self.column(end.min(to)).saturating_sub(self.column(start));
            let hidden = start < from || start > to || (start == to && cut_after);
            if hidden || (end > to && !(partly && shown >= 12.min(self.room / 3))) {
                return None;
            }
            let shift = |index| self.column(index) - origin + before;
            underlines.push(Underline {
                marks: vec![place.mark],
                columns: shift(start)..shift(end.min(to).max(start)),
                text: place.text,
            });
        }
        let cells = self.cells.get(from..to)?.to_vec();
        Some(Crop { cells, cut_before, cut_after, underlines: separate(underlines) })
    }
}

/// Underlines that begin together become one with both texts; one that begins inside another ends it. So every
/// one still begins under its first character, which one row of underlines could not show otherwise.
fn separate(underlines: Vec<Underline>) -> Vec<Underline> {
    let mut done: Vec<Underline> = Vec::new();
    for next in underlines {
        match done.last_mut() {
            Some(last) if last.columns.start == next.columns.start => {
                last.marks.extend(next.marks);
                last.marks.sort_unstable();
                last.columns.end = last.columns.end.max(next.columns.end);
                last.text = last.text.max(next.text);
            }
            last => {
                if let Some(last) = last {
                    last.columns.end = last.columns.end.min(next.columns.start);
                }
                done.push(next);
            }
        }
    }
    done
}

/// Puts lines that are near each other into one snippet, and the snippets into the order of the story.
fn group(rows: Vec<Row>) -> Vec<Vec<Row>> {
    let mut groups: Vec<Vec<Row>> = Vec::new();
    for row in rows {
        let fits = |last: &Row| {
            !last.alone && !row.alone && last.source == row.source && row.line.saturating_sub(last.line) <= NEAR
        };
        match groups.last_mut() {
            Some(group) if group.last().is_some_and(fits) => group.push(row),
            _ => groups.push(vec![row]),
        }
    }
    groups.sort_by_key(|group| first_mark(group));
    groups
}

fn first_mark(rows: &[Row]) -> Option<usize> {
    rows.iter().flat_map(|row| &row.crop.underlines).filter_map(|underline| underline.marks.first().copied()).min()
}

fn add_snippet(
    view: &mut View,
    rows: &[Row],
    marks: &[Mark<'_>],
    hidden: &Hidden,
    locator: &mut Locator<'_>,
    frame: Frame,
) {
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return };
    let Some(source) = locator.sources().get(first.source) else { return };
    let layout = frame.layout;
    let heading = first_mark(rows);
    let is_blank = |line: &usize| {
        let range = source.lines().line_range(source.text(), *line);
        source.text().get(range).is_none_or(|text| text.chars().take(BLANK).all(char::is_whitespace))
    };
    let context = if first.alone { 0 } else { CONTEXT };
    let begin = (first.line.saturating_sub(context)..first.line).find(|line| !is_blank(line)).unwrap_or(first.line);
    let end = (last.line + 1..=last.line + context)
        .take_while(|line| *line < source.lines().count())
        .filter(|line| !is_blank(line))
        .last()
        .unwrap_or(last.line);
    let start = view.text.len();
    let room = frame.room();
    let mut head = 0;
    for line in begin..=end {
        let plain;
        let crop = if let Some(row) = rows.iter().find(|row| row.line == line) {
            &row.crop
        } else {
            let range = source.lines().line_range(source.text(), line);
            let near = range.start..range.start.saturating_add(frame.reach());
            let secret = locator.hidden(hidden, first.source, &near);
            let region = Region::around(source, line, range.start, &secret, frame);
            match region.cut(0, &[], true) {
                Some(crop) => plain = crop,
                None => continue,
            }
            &plain
        };
        let bytes = add_line(&mut view.text, crop, layout.charset);
        for (underline, range) in crop.underlines.iter().zip(bytes) {
            let Some((index, mark)) = underline.marks.first().and_then(|index| Some((*index, marks.get(*index)?)))
            else {
                continue;
            };
            let position = locator.start(mark.span);
            if heading == Some(index) {
                head = position.line.to_string().len() + position.column.to_string().len() + 2;
            }
            view.marks.push(Drawn {
                range,
                text: label(underline, marks, underline.room(room), layout.charset),
                mark: index,
                line: position.line,
                column: position.column,
                heads: heading == Some(index),
            });
        }
    }
    // `  ╭─[name:1:2]` below line numbers.
    let name = layout.width.saturating_sub(frame.digits + 6 + head);
    view.snippets.push(Snippet {
        file: keep_end(source.name(), name, layout.charset),
        range: start..view.text.len(),
        first_line: begin + 1,
        lines: end - begin + 1,
    });
}

/// Adds a line as it is shown, and says which bytes the underlines of `crop` have in it.
fn add_line(text: &mut String, crop: &Crop, charset: Charset) -> Vec<Range<usize>> {
    let mut column = 0;
    if crop.cut_before {
        text.push_str(charset.ellipsis());
        column = width(charset.ellipsis());
    }
    let mut offsets = vec![(column, text.len())];
    for cell in &crop.cells {
        cell.show(text);
        column += cell.width;
        offsets.push((column, text.len()));
    }
    let byte = |column: usize| {
        let index = offsets.partition_point(|(known, _)| *known < column).min(offsets.len() - 1);
        offsets.get(index).map_or(0, |(_, byte)| *byte)
    };
    let ranges = crop.underlines.iter().map(|one| byte(one.columns.start)..byte(one.columns.end)).collect();
    if crop.cut_after {
        text.push_str(charset.ellipsis());
    }
    text.push('\n');
    ranges
}

/// The texts at an underline, in lines of at most `room` columns.
fn label(underline: &Underline, marks: &[Mark<'_>], room: usize, charset: Charset) -> String {
    let mut lines: Vec<String> = Vec::new();
    for mark in underline.marks.iter().filter_map(|index| marks.get(*index)) {
        let number = mark.number.map_or(String::new(), |number| format!("{number} "));
        for (index, line) in
            wrap(mark.text, room.saturating_sub(number.len()), MAX_LABEL_LINES, charset).into_iter().enumerate()
        {
            let indent = if index == 0 { number.clone() } else { " ".repeat(number.len()) };
            lines.push(indent + &line);
        }
    }
    lines.dedup();
    lines.join("\n")
}
