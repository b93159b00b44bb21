package diag

// interchangeDocs describes the codes of problems that files of other tools
// have, and models that are written for other tools.
var interchangeDocs = []Doc{
	{
		Code:  "unsupported",
		Title: "a file of another tool says what an attack tree cannot",
		Text: `What would change the meaning of the model if it were left out is refused at its place: event
trees, common cause groups, functions of time, document types. Often the tool that wrote the
file can write it in simpler terms, such as a number in the place of an expression.`,
	},
	{
		Code: "renamed", Severity: Warning,
		Title: "a name in a file of another tool had to be changed",
		Text: `Either the name is none of the language, which has letters, digits and _, with - . or : between
two of them; or two things of different kinds have it. The old name is kept as the label.`,
	},
	{
		Code: "left-out", Severity: Warning,
		Title: "something has no counterpart in the other format",
		Text: `A file that is read, or a model that is written for another tool, says more than the other
format can. The likelihood without controls is the same; other figures may not be.`,
	},
	{
		Code: "not-coherent", Severity: Warning,
		Title: "a model of another tool has not or xor gates",
		Text: `With such gates one step more can undo an attack. Likelihood, expected impact and importance are
exact all the same, and an attack is minimal if no proper part of it reaches the goal. But there
is no telling the cheapest, likeliest or fastest attack, the least skill, or what all attacks need.`,
	},
}
