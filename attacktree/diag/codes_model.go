package diag

// modelDocs describes the codes of problems that the model has rather than its
// text. Where an example needs other files, they follow it, each behind a line
// with its name between dashes.
var modelDocs = []Doc{
	// Names.
	{
		Code:  "duplicate-name",
		Title: "a name is declared twice",
		Text: `A name is an identity, so within one name space it is declared once: nodes; controls with
sets; params; assets; adversaries; elements of the system; imports with copies. To use the same
event in two places, declare it in one of them and write "use name" in the other.`,
		Bad: `goal or theft {
  and inside { step phish step copy }
  and outside { step phish step exploit }
}
`,
		Good: `goal or theft {
  and inside { step phish step copy }
  and outside { use phish step exploit }
}
`,
	},
	{
		Code:  "undefined-name",
		Title: "nothing of that kind has the name",
		Text: `The name is declared nowhere, or as something of another kind; then the hint says where. Names
of an imported file begin with the name of the import and a dot. Case counts.`,
		Bad: `goal or theft {
  step phish
  use backupp
}
and backup { step copy step decrypt }
`,
		Good: `goal or theft {
  step phish
  use backup
}
and backup { step copy step decrypt }
`,
	},
	{
		Code:  "reserved-name",
		Title: "a name that the language gives a meaning of its own",
		Text: `The sets none, deployed, planned and all are always there, so no set or control can be called
so. No node can be called threat, tag or at, since these words say what kind of target follows.`,
		Bad: `goal step theft
control all { on theft { block } }
`,
		Good: `goal step theft
control everything { on theft { block } }
`,
	},
	{
		Code:  "duplicate-model",
		Title: "a file with two models",
		Text:  `Title, currency, period and review of a file are given in one place.`,
		Bad: `model "Theft" { currency USD }
model { owner "Security" }
goal step theft
`,
		Good: `model "Theft" { currency USD owner "Security" }
goal step theft
`,
	},
	{
		Code:  "duplicate-system",
		Title: "a file with two systems",
		Text:  `A file describes one system. Parts of it are told apart by boundaries, which may be nested.`,
		Bad: `goal step theft
system { process api }
system { store registry }
`,
		Good: `goal step theft
system { process api store registry }
`,
	},

	// Structure.
	{
		Code:  "cycle",
		Title: "something depends on itself",
		Text: `Nodes form a graph without cycles: no node is below itself. A control that is bypassed by a
node makes all that it acts on depend on that node, which counts as well. The message shows the
shortest way around. The same code tells of sets, params and boundaries that contain themselves.`,
		Bad: `goal or theft { use inside }
and inside { step phish use access }
or access { use inside }
`,
		Good: `goal or theft { use inside }
and inside { step phish use access }
or access { step badge }
`,
	},
	{
		Code:  "empty-gate",
		Title: "a gate without children",
		Text: `Or, and, seq and atleast say how a node depends on its children, so there must be some. A node
that is not refined any further is a step.`,
		Bad: `goal or theft { and inside }
`,
		Good: `goal or theft { step inside }
`,
	},
	{
		Code:  "leaf-with-children",
		Title: "a step or condition with children",
		Text:  `A step is done and a condition is met as a whole. What consists of parts is a gate.`,
		Bad: `goal step theft { step phish step copy }
`,
		Good: `goal and theft { step phish step copy }
`,
	},
	{
		Code:  "duplicate-child",
		Title: "a node that is a child of the same node twice",
		Text: `The same name is the same event, so naming it twice below one gate says nothing new. If two
different events are meant, they need two names.`,
		Bad: `goal and theft { step phish use phish }
`,
		Good: `goal and theft { step phish step phish-again }
`,
	},
	{
		Code:  "atleast-range",
		Title: "atleast with a number that its children cannot meet",
		Text:  `Atleast K needs a whole number K from 1 to the number of children.`,
		Bad: `goal atleast 3 custodians { step alice step bob }
`,
		Good: `goal atleast 2 custodians { step alice step bob }
`,
	},
	{
		Code:  "no-goal",
		Title: "no node is a goal",
		Text: `Figures are computed for goals: write goal in front of the node that the attacker wants to
reach. A file that is only imported needs none.`,
		Bad: `or theft { step phish step bribe }
`,
		Good: `goal or theft { step phish step bribe }
`,
	},

	// Numbers.
	{
		Code:  "likelihood-range",
		Title: "a chance that can lie outside 0 to 100 %",
		Text: `Likelihood, detection and assume are chances. An uncertain one must stay between 0 % and 100 %
whatever is drawn: an interval a..b does if it is written with percent signs, and so do beta and
the bounded laws pert, uniform and triangular. A lognormal law has no upper end. The same holds
for a param that is used as a chance.`,
		Bad: `goal step theft { likelihood 110% }
`,
		Good: `goal step theft { likelihood 11% }
`,
	},
	{
		Code:  "negative",
		Title: "a negative cost, time, impact or count",
		Text:  `Only chances have an upper end, but no number of a tree lies below 0. The language cannot write one that does; a program can.`,
	},
	{
		Code:  "not-finite",
		Title: "a number that is no number, or infinite",
		Text:  `NaN and infinity have no place in a model, nor has a number so great that computing with it gives one of them.`,
		Bad: `param huge 1e200
goal step theft { cost 1e200 * huge }
`,
		Good: `param huge 1e20
goal step theft { cost 1e20 * huge }
`,
	},
	{
		Code:  "wrong-unit",
		Title: "a number in a unit that its attribute does not take",
		Text: `Likelihood, detection and assume are shares: 30% or 0.3. Cost, impact, value, budget and gain
are money: 5k, never a percentage. Time and every are durations, always with a unit: 14d. Attempts
and rate are plain numbers. In effects, a share after "-" is relative and money is taken off, so
"impact -0.5" is refused: write -50%. A param has the unit of its numbers; a plain one fits
wherever a plain number does.`,
		Bad: `goal step theft { time 14 }
`,
		Good: `goal step theft { time 14d }
`,
	},
	{
		Code:  "bad-distribution",
		Title: "a law of chance that does not exist",
		Text: `An interval a..b needs 0 < a < b, and b below 100 % for shares. Triangular and pert need their
numbers in ascending order, uniform too, and beta needs numbers above 0.`,
		Bad: `goal step theft { cost pert(5k, 2k, 9k) }
`,
		Good: `goal step theft { cost pert(2k, 5k, 9k) }
`,
	},
	{
		Code:  "correlation-range",
		Title: "a rank correlation outside -100 to 100 %",
		Text: `A rank correlation is 100% for params that always rise together, 0 for those that go their own
ways, and -100% for those of which one rises when the other falls.`,
		Bad: `param p beta(2, 8)
param q beta(3, 9)
correlate p, q 160%
goal and theft { step phish { likelihood p } step copy { likelihood q } }
`,
		Good: `param p beta(2, 8)
param q beta(3, 9)
correlate p, q 60%
goal and theft { step phish { likelihood p } step copy { likelihood q } }
`,
	},
	{
		Code:  "certain-correlation",
		Title: "a correlation of a param that is certain",
		Text: `Params go together by what is drawn for them, so each must be uncertain. A param of a file that
is copied may be made certain by the copy; its correlations then count for nothing.`,
		Bad: `param p 20%
param q beta(3, 9)
correlate p, q 60%
goal and theft { step phish { likelihood p } step copy { likelihood q } }
`,
		Good: `param p 10%..30%
param q beta(3, 9)
correlate p, q 60%
goal and theft { step phish { likelihood p } step copy { likelihood q } }
`,
	},
	{
		Code:  "duplicate-correlation",
		Title: "a correlation of two params that is given twice",
		Text: `Any two params are named together in one correlation at most, and a param stands in its list
once. A param that refers to another is the same number as that one.`,
		Bad: `param p beta(2, 8)
param q beta(3, 9)
correlate p, q 60%
correlate q, p 30%
goal and theft { step phish { likelihood p } step copy { likelihood q } }
`,
		Good: `param p beta(2, 8)
param q beta(3, 9)
correlate p, q 60%
goal and theft { step phish { likelihood p } step copy { likelihood q } }
`,
	},
	{
		Code:  "impossible-correlation",
		Title: "correlations that contradict each other",
		Text: `Not all correlations can hold at once: where p goes with q, and q with r, p goes with r to some
degree, and three params cannot all go against each other by much. Two params that no correlation
names together have the correlation 0. In words of mathematics, the matrix of the correlations of
the normal numbers behind the params, 2 sin(pi/6 of the rank correlation), has no negative
eigenvalue.`,
		Bad: `param p beta(2, 8)
param q beta(3, 9)
param r beta(4, 9)
correlate p, q 90%
correlate q, r 90%
goal and theft { step phish { likelihood p } step copy { likelihood q } step leave { likelihood r } }
`,
		Good: `param p beta(2, 8)
param q beta(3, 9)
param r beta(4, 9)
correlate p, q, r 90%
goal and theft { step phish { likelihood p } step copy { likelihood q } step leave { likelihood r } }
`,
	},
	{
		Code:  "correlation-limit",
		Title: "more correlated params than can be drawn together",
		Text: `A model correlates at most 1,000 params, as drawing them takes time that grows with the square of
their number. Where many depend on one thing, let them refer to one param.`,
	},
	{
		Code:  "skill-range",
		Title: "a skill that is no whole number from 0 to 10",
		Text:  `Skill is a level: 0 anyone, 10 the very best. It cannot be uncertain.`,
		Bad: `goal step theft { skill 2.5 }
`,
		Good: `goal step theft { skill 3 }
`,
	},
	{
		Code:  "bad-period",
		Title: "a period that is uncertain or too short",
		Text: `The period of a model, and the time between two reviews, are certain durations above 0; reviews
are a day or more apart.`,
		Bad: `model { period 0d }
goal step theft
`,
		Good: `model { period 90d }
goal step theft
`,
	},
	{
		Code:  "misplaced-number",
		Title: "a number that a node of this kind does not carry",
		Text:  `Attempts are counted per goal, and a rate is that of an accident, which is a condition.`,
		Bad: `goal or theft { step phish { attempts 3 } }
`,
		Good: `goal or theft { attempts 3 step phish }
`,
	},
	{
		Code:  "condition-attribute",
		Title: "a condition that carries what only a step has",
		Text: `Nobody does a condition: it is a fact, a state of the victim or an accident. Of the numbers it
takes likelihood, rate and impact. What somebody does is a step.`,
		Bad: `goal and theft { step enter condition unlocked { cost 5k } }
`,
		Good: `goal and theft { step enter condition unlocked { likelihood 5% } }
`,
	},
	{
		Code:  "duplicate-for",
		Title: "other numbers for one adversary twice",
		Text:  `A node says in one place what an adversary changes about it.`,
		Bad: `adversary spies
goal step theft {
  for spies { cost 5k }
  for spies { time 2d }
}
`,
		Good: `adversary spies
goal step theft {
  for spies { cost 5k time 2d }
}
`,
	},
	{
		Code:  "unknown-category",
		Title: "no category of STRIDE",
		Text: `The categories are spoofing, tampering, repudiation, information-disclosure, denial-of-service
and elevation-of-privilege, or their letters S, T, R, I, D and E.`,
		Bad: `goal step theft { stride spofing }
`,
		Good: `goal step theft { stride spoofing, I }
`,
	},
	{
		Code:  "bad-value",
		Title: "a model with a value that means nothing",
		Text:  `A model built by a program has a number for a gate, status, unit or the like that stands for none of them, or lacks a number that it needs. The language cannot write such a thing.`,
	},

	// Controls.
	{
		Code:  "effect-eases",
		Title: "an effect that makes an attack easier or worse",
		Text: `A control only makes things harder or less bad: factors on likelihood and impact lie from 0 to 1,
on cost and time at or above 1, and uncertain ones stay there whatever is drawn. So more controls
never help an attacker who tries everything.`,
		Bad: `goal step theft { cost 5k }
control lock { on theft { cost *0.5 } }
`,
		Good: `goal step theft { cost 5k }
control lock { on theft { cost *1.5 } }
`,
	},
	{
		Code:  "effect-form",
		Title: "an effect in a form that its attribute does not have",
		Text: `Likelihood is reduced or capped, impact is reduced, cost and time grow, skill and detection are
raised to a level.`,
		Bad: `goal step theft
control lock { on theft { likelihood 10% } }
`,
		Good: `goal step theft
control lock { on theft { likelihood <=10% } }
`,
	},
	{
		Code:  "effect-range",
		Title: "a reduction by more than everything",
		Text:  `What is taken off likelihood or impact in percent lies from 0 % to 100 %.`,
		Bad: `goal step theft
control lock { on theft { likelihood -150% } }
`,
		Good: `goal step theft
control lock { on theft { likelihood -15% } }
`,
	},
	{
		Code:  "condition-effect",
		Title: "an effect that means nothing for a condition",
		Text: `Nobody does a condition, so a control can only make it less likely or rule it out: likelihood and
block. This also holds for conditions that are met through a threat or a tag.`,
		Bad: `goal and theft { step enter condition unlocked }
control lock { on unlocked { cost +5k } }
`,
		Good: `goal and theft { step enter condition unlocked }
control lock { on unlocked { likelihood -50% } }
`,
	},
	{
		Code:  "unknown-value",
		Title: "a word that is none of those to choose from",
		Text: `The status of a control is proposed, planned, deployed or retired, and its kind is prevent,
detect or respond.`,
		Bad: `goal step theft
control lock { status live on theft { block } }
`,
		Good: `goal step theft
control lock { status deployed on theft { block } }
`,
	},

	// Files.
	{
		Code:  "import-failed",
		Title: "a file that cannot be read",
		Text: `Paths are relative to the file that they stand in and written with slashes. A path catalog:NAME
is a pattern of the catalogue. A text without a folder, as in a program, imports nothing.`,
		Bad: `import "part.atree" as parts
goal or theft { use parts.phish }
-- parts.atree --
step phish
`,
		Good: `import "parts.atree" as parts
goal or theft { use parts.phish }
-- parts.atree --
step phish
`,
	},
	{
		Code:  "outside-root",
		Title: "a path that leaves the root folder",
		Text: `Files are read below the root folder only: that of the first file, or the one given with --root.
Neither .. nor a symbolic link leads out of it, so that a tree from elsewhere cannot read what it
should not.`,
		Bad: `import "../parts.atree" as parts
goal or theft { use parts.phish }
-- parts.atree --
step phish
`,
		Good: `import "parts.atree" as parts
goal or theft { use parts.phish }
-- parts.atree --
step phish
`,
	},
	{
		Code:  "import-cycle",
		Title: "a file that imports itself",
		Text: `Neither directly nor through others may a file import or copy itself. What two files share goes
into a third.`,
		Bad: `import "parts.atree" as parts
goal or theft { use parts.inside }
-- parts.atree --
import "more.atree" as more
or inside { use more.phish }
-- more.atree --
import "parts.atree" as parts
step phish
`,
		Good: `import "parts.atree" as parts
goal or theft { use parts.inside }
-- parts.atree --
import "more.atree" as more
or inside { use more.phish }
-- more.atree --
step phish
`,
	},
	{
		Code:  "import-limit",
		Title: "a tree of too many files or nodes",
		Text: `Copies of copies grow quickly, so there is a limit to the number of files with copies and to the
number of nodes. What need not be separate events is better imported, which makes it once.`,
	},
	{
		Code:  "currency-mismatch",
		Title: "files in different currencies",
		Text:  `All money of a tree is in one currency. Amounts are never converted.`,
		Bad: `model { currency USD }
import "parts.atree" as parts
goal or theft { use parts.phish }
-- parts.atree --
model { currency EUR }
step phish
`,
		Good: `model { currency USD }
import "parts.atree" as parts
goal or theft { use parts.phish }
-- parts.atree --
model { currency USD }
step phish
`,
	},
	{
		Code:  "copy-shared",
		Title: "a copy that replaces numbers of something shared",
		Text: `A copy has events of its own, but what the copied file imports is the same for all. Its numbers
belong to others too and cannot be replaced in a copy.`,
		Bad: `copy "host.atree" as web { node common.badge { cost 5k } }
goal or theft { use web.enter }
-- host.atree --
import "common.atree" as common
and enter { use common.badge }
-- common.atree --
step badge
`,
		Good: `copy "host.atree" as web { node enter { cost 5k } }
goal or theft { use web.enter }
-- host.atree --
import "common.atree" as common
and enter { use common.badge }
-- common.atree --
step badge
`,
	},

	// Warnings.
	{
		Code: "unreachable-node", Severity: Warning,
		Title: "a node that matters to no goal",
		Text: `No goal is above the node, and it switches no control off, so it changes no figure. Perhaps a
"use" is missing.`,
		Bad: `goal or theft { step phish }
step bribe
`,
		Good: `goal or theft { step phish use bribe }
step bribe
`,
	},
	{
		Code: "same-label", Severity: Warning,
		Title: "two nodes that read alike",
		Text: `Only names say what is the same event; labels do not. Two nodes with one label succeed and are
paid for independently, which is often not what is meant.`,
		Bad: `goal or theft {
  and inside { step phish "Phish a clerk" step copy }
  and outside { step phish2 "Phish a clerk" step exploit }
}
`,
		Good: `goal or theft {
  and inside { step phish "Phish a clerk" step copy }
  and outside { use phish step exploit }
}
`,
	},
	{
		Code: "zero-likelihood", Severity: Warning,
		Title: "something that can never happen",
		Text:  `With likelihood 0 a step is part of no attack. If it is unlikely, give it a small number; if it is ruled out by a control, say so with an effect.`,
		Bad: `goal or theft { step phish { likelihood 0% } step bribe { likelihood 5% } }
`,
		Good: `goal or theft { step phish { likelihood 0.1% } step bribe { likelihood 5% } }
`,
	},
	{
		Code: "idle-likelihood", Severity: Warning,
		Title: "an accident with a likelihood",
		Text:  `A condition with a rate is an accident, which happens so often in a period. It is part of no attempt, so a likelihood beside the rate changes no figure.`,
		Bad: `goal or outage { step flood { likelihood 5% } condition fire { rate 0.1  likelihood 50%  impact 1M } }
`,
		Good: `goal or outage { step flood { likelihood 5% } condition fire { rate 0.05  impact 1M } }
`,
	},
	{
		Code: "missing-likelihood", Severity: Warning,
		Title: "a step without likelihood among others that have one",
		Text:  `A step without likelihood succeeds for sure. If that is meant, write likelihood 100%.`,
		Bad: `goal or theft { step phish { likelihood 10% } step bribe }
`,
		Good: `goal or theft { step phish { likelihood 10% } step bribe { likelihood 5% } }
`,
	},
	{
		Code: "missing-cost", Severity: Warning,
		Title: "a step without cost among others that have one",
		Text:  `A step without cost costs nothing. If that is meant, write cost 0.`,
		Bad: `goal and theft { step phish { cost 5k } step copy }
`,
		Good: `goal and theft { step phish { cost 5k } step copy { cost 100 } }
`,
	},
	{
		Code: "repeated-impact", Severity: Warning,
		Title: "the same impact on a node and above it",
		Text: `Losses add over all nodes that are reached, so the same loss on a node and on the one above it
counts twice. Give it where the loss happens.`,
		Bad: `goal or theft {
  impact 5M
  and inside { impact 5M step phish step copy }
}
`,
		Good: `goal or theft {
  impact 5M
  and inside { step phish step copy }
}
`,
	},
	{
		Code: "assume-without-cost", Severity: Warning,
		Title: "an assumed likelihood without a cost",
		Text: `With assume a node stands for all that is below it, and the costs there do not count any more. If
other steps have costs, attacks through this node look too cheap.`,
		Bad: `goal or theft {
  step bribe { cost 50k }
  and inside { assume 10% step phish { cost 5k } step copy { cost 1k } }
}
`,
		Good: `goal or theft {
  step bribe { cost 50k }
  and inside { assume 10% cost 6k step phish { cost 5k } step copy { cost 1k } }
}
`,
	},
	{
		Code: "free-attack", Severity: Warning,
		Title: "a goal that can be reached without cost",
		Text: `Some steps have costs, but there is an attack made of steps that have none, so the cheapest
attack costs 0. Often a cost is missing.`,
		Bad: `goal or theft {
  and inside { step phish step copy }
  and outside { step exploit { cost 50k } step exfiltrate { cost 1k } }
}
`,
		Good: `goal or theft {
  and inside { step phish { cost 5k } step copy { cost 100 } }
  and outside { step exploit { cost 50k } step exfiltrate { cost 1k } }
}
`,
	},
	{
		Code: "interval-suffix", Severity: Warning,
		Title: "an interval with a suffix on its upper end only",
		Text: `A suffix belongs to the number that it is written on, so that 5..10k reaches from 5 to 10,000.
Mostly 5k..10k is meant. An upper end that is written out, as 5..10000, is taken as it is.`,
		Bad: `goal step theft { cost 5..10k }
`,
		Good: `goal step theft { cost 5k..10k }
`,
	},
	{
		Code: "idle-control", Severity: Warning,
		Title: "a control without effect",
		Text:  `The control acts on no node, so it changes no figure. It needs an "on" block with a target that exists, and an effect that changes something: -0% does not, nor does a share of the impact of a node without impact.`,
		Bad: `goal step theft
control lock { cost 5k }
`,
		Good: `goal step theft
control lock { cost 5k on theft { likelihood -50% } }
`,
	},
	{
		Code: "idle-target", Severity: Warning,
		Title: "a threat or tag that no node carries",
		Text:  `A target of a control, or what an acceptance is about, matches nothing. Perhaps it is misspelt.`,
		Bad: `goal step theft { tags web }
control lock { on theft, tag wbe { block } }
`,
		Good: `goal step theft { tags web }
control lock { on theft, tag web { block } }
`,
	},
	{
		Code: "self-reference", Severity: Warning,
		Title: "a control that requires or excludes itself",
		Text: `A control that requires itself says nothing by it, and one that excludes itself is in no set that
could be chosen. Mostly another control is meant.`,
		Bad: `goal step theft
control lock { on theft { likelihood -50% } }
control safe { excludes safe on theft { likelihood -90% } }
`,
		Good: `goal step theft
control lock { on theft { likelihood -50% } }
control safe { excludes lock on theft { likelihood -90% } }
`,
	},
	{
		Code: "broken-requires", Severity: Warning,
		Title: "a set that lacks what a control in it requires",
		Text:  `A set is evaluated as it is written. When controls are chosen, such a set is never proposed.`,
		Bad: `goal step theft
control lock { on theft { likelihood -50% } }
control alarm { requires lock on theft { likelihood -50% } }
set cheap { alarm }
`,
		Good: `goal step theft
control lock { on theft { likelihood -50% } }
control alarm { requires lock on theft { likelihood -50% } }
set cheap { alarm, lock }
`,
	},
	{
		Code: "broken-excludes", Severity: Warning,
		Title: "a set with controls that exclude each other",
		Text:  `A set is evaluated as it is written. When controls are chosen, such a set is never proposed.`,
		Bad: `goal step theft
control lock { on theft { likelihood -50% } }
control safe { excludes lock on theft { likelihood -90% } }
set both { lock, safe }
`,
		Good: `goal step theft
control lock { on theft { likelihood -50% } }
control safe { excludes lock on theft { likelihood -90% } }
set best { safe }
`,
	},
	{
		Code: "unused-param", Severity: Warning,
		Title: "a param that no number refers to",
		Text:  `The param changes no figure. Perhaps a number was meant to refer to it.`,
		Bad: `param rate 10%
goal step theft
`,
		Good: `param rate 10%
goal step theft { likelihood rate }
`,
	},
	{
		Code: "review-overdue", Severity: Warning,
		Title: "a review that should have taken place",
		Text: `The model, the control or the acceptance was to be looked at again by a date that has passed:
the one behind review, or the last one behind reviewed plus what follows every.`,
		Bad: `model { reviewed 2020-01-01 every 90d }
goal step theft
`,
		Good: `model { reviewed 2026-11-01 every 90d }
goal step theft
`,
	},
	{
		Code: "acceptance-expired", Severity: Warning,
		Title: "an accepted risk whose date has passed",
		Text:  `The risk was accepted until a date that has passed. Decide again, and write the new date.`,
		Bad: `goal step theft
accept theft "Small" { until 2020-12-31 }
`,
		Good: `goal step theft
accept theft "Small" { until 2030-12-31 }
`,
	},
	{
		Code: "unknown-threat", Severity: Warning,
		Title: "a threat that the catalogue does not have",
		Text: `What follows threat is the name of an entry of the catalogue, so that mitigations and coverage
can be found by it. To look for one, type: atree catalog search WORDS.`,
		Bad: `goal step theft { threat model-thft }
`,
		Good: `goal step theft { threat model-theft }
`,
	},
	{
		Code: "unknown-kind", Severity: Warning,
		Title: "a kind that the catalogue does not have",
		Text: `A component names a kind of part of the catalogue, by which its threats are found. Kinds of
assets and boundaries may be your own, but this one looks like a slip of one of the catalogue. To
see them, type: atree catalog list component (or asset, or zone).`,
		Bad: `goal step theft { at registry }
system "Assistant" { store registry { component model-registri } }
`,
		Good: `goal step theft { at registry }
system "Assistant" { store registry { component model-registry } }
`,
	},
	{
		Code: "unknown-reference", Severity: Warning,
		Title: "an identifier that its list does not have",
		Text: `The catalogue holds the list as a whole, and the identifier is not in it, or does not look like
one of its identifiers. References are written as ATLAS:AML.T0051, OWASP:LLM01:2025,
NIST:NISTAML.018, NIST:AC-6, CWE-1427, CAPEC-66, ATTACK:T1566, COSAI:riskDataPoisoning, AIX:2.1,
RAND:social-engineering or MS-5. Of lists that are not held as a whole only the form is checked,
and what begins in another way is left alone.`,
		Bad: `goal step theft { refs ATLAS:AML.T9999 }
`,
		Good: `goal step theft { refs ATLAS:AML.T0051 }
`,
	},
	{
		Code: "moved-reference", Severity: Warning,
		Title: "an identifier that has become another one",
		Text: `The list has a newer edition, in which the entry has another identifier; the old one may by now
stand for something else.`,
		Bad: `goal step theft { refs OWASP:LLM10:2023 }
`,
		Good: `goal step theft { refs OWASP:LLM10:2025 }
`,
	},
}
