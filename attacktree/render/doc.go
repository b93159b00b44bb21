// Package render writes results for people and for programs: as text for a
// terminal, Markdown, JSON and CSV, and trees as pictures for Graphviz. It
// computes nothing and knows no files; each function writes one answer.
//
// There are four answers: [EvalText] and its kin write an assessment of goals,
// [AttacksText] a list of attacks, [CompareText] a comparison of mitigation sets,
// [CheckText] the problems of files. Of each there are the same four forms. Text
// and Markdown say the same, in plain words and with three significant digits.
// JSON has every digit; the types of its messages, such as [EvalMessage], are
// exported, so that a Go program can decode what the command prints. CSV is the
// JSON laid flat.
//
// [DOT] draws a tree. With an attack it marks the way that the attack takes, with
// controls it shows which of them are in place.
//
// The bytes depend on the result alone: not on the time, the locale or the
// machine. Texts of the model cannot steer a terminal, and mean themselves in
// Markdown.
package render
