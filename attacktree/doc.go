// Package attacktree analyses attack trees: how an attack is made, how likely
// it is, what it costs and what it does, and what is left of it once controls
// are in place.
//
// # What to use first
//
// Four calls take a text to an answer:
//
//	tree, err := attacktree.ParseFile("weights.atree")
//	program, err := attacktree.Compile(ctx, tree, nil)
//	result, err := program.Eval(ctx, &attacktree.Scenario{Controls: []string{"mfa"}})
//	for attack, err := range program.Attacks(ctx, nil, attacktree.ByCost) { … }
//
// [ParseFile] reads a file, [Parse] a text, and a [Loader] reads from any
// [io/fs.FS] and with any [Library] of patterns. A program may also build a
// [Model] of plain Go values and check it with [New]. [Vet] finds what is allowed
// but looks like a slip. To go through thousands of mitigation sets, take an
// [Evaluator]; for a figure that is not here, give [Measure] a [Metric]. Package
// mitigate answers for all scenarios of a file at once, and package render writes
// its answers as text, JSON, CSV, Markdown and Graphviz.
//
// # Concepts
//
// A [Tree] is a checked model: all names are declared, there is no cycle, and
// every number lies in its range. It is made of nodes, each with a [Gate] over its
// children. A node is an event that is reached or not, once. Names are
// identities: the same name is the same event, which succeeds or fails once and
// is paid for once, wherever it is used. So a tree is a directed graph without
// cycles, and nodes may be shared.
//
// A step is something that the attacker does, with a likelihood, a cost, a time,
// a skill, access that it needs and a chance of being noticed. A gate that carries
// one of these has an own step too, to be taken once its children are reached. A
// condition is a fact that nobody brings about. An attack is a set of own steps
// that reaches the goal, together with the conditions that must be given; a
// minimal attack has no smaller one inside.
//
// A [Control] makes own steps harder or losses smaller. Some node may bypass it:
// once that is reached, the control holds no more. A [Scenario] says which controls
// are in place and who attacks. A [Program] is a tree that has been made ready to
// answer for one goal; scenarios change its numbers, never its structure.
//
// # Figures
//
// The own steps of one attempt succeed independently, each with its likelihood
// once its gate holds. A [Result] then says, for one goal in one scenario:
//
//   - Likelihood: the chance that the goal is reached when every possible step is
//     attempted once. No attacker who tries each step at most once does better.
//   - ExpectedImpact: the mean loss of such an attempt. Losses add over the nodes
//     that are reached, each once.
//   - AnnualLoss: attempts in 365 days times ExpectedImpact, and what accidents
//     (conditions with a rate) cost by themselves.
//   - AttackCount: how many minimal attacks there are.
//   - Cheapest, Likeliest, Fastest: an attack of least cost, of greatest chance
//     that all of it succeeds, and the one that is done soonest. Steps run side by
//     side, except below a seq. Ties go to the least cost, then to the fewest
//     steps, then by name.
//   - MinSkill: the least skill with which some attack is possible.
//   - Chokepoints: own steps without which no attack exists.
//   - DefenceDepth: the fewest controls that an attack meets, with that attack.
//   - Steps: the importance of each own step.
//
// Money is in the currency of the model, time in days, likelihoods lie from 0 to 1,
// skill from 0 to 10. A figure that does not exist is nil, not 0: nobody can be the
// cheapest where no attack is left. That the goal cannot be reached is an answer,
// and no error.
//
// # Promises
//
// A Tree and a Program are immutable to their users and serve any number of
// goroutines at once. An Evaluator is for one goroutine. What is handed out by
// pointer from a Tree, such as its [Model], must not be changed.
//
// Answers depend on the model and the scenario alone: the same input gives the
// same figures, attacks in the same order and the same messages, on any number of
// cores.
//
// Figures are exact, also where nodes are shared, where working from the leaves
// upwards would count a step twice; exact means up to the rounding of float64,
// and AttackCount has all its digits. A [Figure] that is not exact says so and
// carries proven bounds. Of a number that is uncertain the mean is taken; where
// the answer is therefore not the mean of the answers, Result.AtMeans is true.
//
// Some questions are hard in the worst case, so Compile and all that comes after
// take a context, and Options limit the size of diagrams. What a limit leaves out
// of a Result is nil, with the reason in its Limits; other calls return a
// [LimitError].
//
// All problems of a text are found together. The error is then a [diag.List], each
// problem with a code, a place and often a hint:
//
//	var problems diag.List
//	if errors.As(err, &problems) { … }
//
// No input makes this package panic, and no depth of a tree exhausts the stack.
//
// # Sources
//
// B. Schneier, Attack trees, 1999. S. Mauw and M. Oostdijk, Foundations of attack
// trees, 2005. B. Kordy, S. Mauw, S. Radomirović and P. Schweitzer,
// Attack-defense trees, 2014. R. Jhawar and others, Attack trees with sequential
// conjunction, 2015. B. Kordy and W. Wideł, On quantitative analysis of attack-defense
// trees with repeated labels, 2018. C. Budde and M. Stoelinga, Efficient
// algorithms for quantitative attack tree analysis, 2021. The algorithms are named
// where they are implemented.
package attacktree
