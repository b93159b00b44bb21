package diag

import "strings"

// syntaxDocs describes the codes of problems that the text of a file has.
var syntaxDocs = []Doc{
	{
		Code:  "syntax",
		Title: "the text does not have the form that the language asks for",
		Text: `The message says what was expected at this place and what stands there instead. Every item
of a block begins with a keyword, values follow without "=", and lists have commas between
their words and none at the end. If a "}" is missing, the message points at the "{" that
seems to lack it, which it tells by the indentation.`,
		Bad: `goal step phish "Phish an administrator" {
  cost = 5k
}
`,
		Good: `goal step phish "Phish an administrator" {
  cost 5k
}
`,
	},
	{
		Code:  "empty-file",
		Title: "the file declares nothing",
		Text: `A file without any declaration, perhaps with comments only, has nothing to analyse. It may
have been saved or generated too early.`,
		Bad: `# still to be written
`,
		Good: `goal step phish "Phish an administrator"
`,
	},
	{
		Code:  "bad-character",
		Title: "a character that cannot stand in the text at this place",
		Text: `Files are in UTF-8, with lines that end in LF or CR LF. Outside of strings and comments only
letters, digits and the signs of the language are allowed; typographic quotes, currency signs
and other comment signs are often copied from documents.`,
		Bad: `goal step phish "Phish an administrator" {
  cost $5k
}
`,
		Good: `model { currency USD }
goal step phish "Phish an administrator" {
  cost 5k
}
`,
	},
	{
		Code:  "bad-string",
		Title: "a string without an end, or with an unknown escape",
		Text: `A string begins and ends with " on one line. Its escapes are those of JSON: \" \\ \/ \b \f \n
\r \t and \u followed by four hexadecimal digits. A text of several lines stands between """
and """.`,
		Bad: `goal step phish "Phish an administrator {
  cost 5k
}
`,
		Good: `goal step phish "Phish an administrator" {
  cost 5k
}
`,
	},
	{
		Code:  "bad-number",
		Title: "a number that is written wrongly",
		Text: `A number is written 1_000, 0.5 or 2e6, and ends at once with one unit or with none: k, M and B
for thousands, millions and thousands of millions, % for shares, min, h, d, w, mo and y for
time. Letters count: 5K and 5m are refused, as they could mean several things. Numbers are
finite.`,
		Bad: `goal step phish "Phish an administrator" {
  cost 5K
}
`,
		Good: `goal step phish "Phish an administrator" {
  cost 5k
}
`,
	},
	{
		Code:  "bad-date",
		Title: "a date that is not in the calendar, or not written YYYY-MM-DD",
		Text:  `A date has four digits of the year, two of the month and two of the day, joined by "-".`,
		Bad: `model { review 2027-02-30 }
goal step phish "Phish an administrator"
`,
		Good: `model { review 2027-02-28 }
goal step phish "Phish an administrator"
`,
	},
	{
		Code:  "bad-name",
		Title: "a word that cannot be declared as a name",
		Text: `A name is a letter, then letters, digits and "_", with "-" between two of these. Words with
"." or ":" refer to what is declared elsewhere. No node can be called threat, tag or at, as
these words say which kind of target follows.`,
		Bad: `goal step staff.phish "Phish an administrator"
`,
		Good: `goal step staff-phish "Phish an administrator"
`,
	},
	{
		Code:  "unknown-word",
		Title: "a word that means nothing at this place",
		Text: `The word is neither a keyword of the block in which it stands nor, outside of blocks, the
beginning of a declaration. Often it is misspelt; then the nearest keyword is suggested.`,
		Bad: `goal step phish "Phish an administrator" {
  likelyhood 30%
}
`,
		Good: `goal step phish "Phish an administrator" {
  likelihood 30%
}
`,
	},
	{
		Code:  "misplaced",
		Title: "a keyword that may not stand in this block",
		Text:  `The keyword exists, but belongs in another block; the hint says in which.`,
		Bad: `goal step phish "Phish an administrator" {
  budget 5k
}
`,
		Good: `adversary crime { budget 5k }
goal step phish "Phish an administrator"
`,
	},
	{
		Code:  "duplicate-attribute",
		Title: "an attribute that is given twice in one block",
		Text: `Each attribute stands at most once in a block, since there is no rule which of two would win.
Lists take several words: tags a, b. A basis may be given once for all numbers of the block,
and once for each attribute.`,
		Bad: `goal step phish "Phish an administrator" {
  cost 5k
  cost 8k
}
`,
		Good: `goal step phish "Phish an administrator" {
  cost 5k..8k
}
`,
	},
	{
		Code:  "nesting-too-deep",
		Title: "blocks are nested more than 10,000 deep",
		Text: `No text that a person writes comes near this limit, which protects the program. Declare inner
nodes outside of all blocks, and refer to them by "use name".`,
		Bad:  "goal " + strings.Repeat("or x {", 10_001) + strings.Repeat("}", 10_001) + "\n",
		Good: "goal or x { use y }\nstep y\n",
	},
	{
		Code:  "file-too-large",
		Title: "a file of more than 256 MB, or of more than 16 million words",
		Text: `One file holds at most 256 MB, and at most 16 million words, numbers, texts, signs and comments.
Split it, and import the parts.`,
	},
	{
		Code:  "too-many-problems",
		Title: "a file has more than 100 problems of form",
		Text: `Only the first problems of a file are reported. Such a file is perhaps not an attack tree, or
a generator wrote it wrongly.`,
		Bad:  strings.Repeat("?\n", 101),
		Good: "goal step phish \"Phish an administrator\"\n",
	},
}
