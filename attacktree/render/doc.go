// Package render writes results for people and for programs: as text for a
// terminal, Markdown, JSON and CSV, and trees as pictures for Graphviz. It
// computes nothing and knows no files; each function writes one answer.
//
// A function is called after the answer and its form. The forms are Text, JSON, CSV
// and Markdown; the answers are those of the verbs of the command:
//
//   - [CheckText]: the problems of files
//   - [EvalText]: the figures of goals, as [mitigate.Assess] has them; [PickText]
//     for attackers who choose, [StepsBreakdown] and its kin by parts, [TraceText]
//     for who answers for what
//   - [AttacksText]: a list of attacks
//   - [CompareText]: mitigation sets side by side
//   - [OptimizeText]: the choice of controls
//   - [AttackersText]: what budgets buy
//   - [SimulateText]: how sure the figures are
//   - [StrideText]: the threats of a system
//   - [EntriesText], [ShowText], [SuggestText]: the catalogue
//
// Text and Markdown say the same, in plain words and with three significant
// digits. JSON has every digit; the types of its messages, such as [EvalMessage],
// are exported, so that a Go program can decode what the command prints. CSV is
// the JSON laid flat.
//
// [DOT] draws a tree. With an attack it marks the way that the attack takes, with
// controls it shows which of them are in place.
//
// The bytes depend on the result alone: not on the time, the locale or the
// machine. Texts of the model cannot steer a terminal, and mean themselves in
// Markdown.
package render
