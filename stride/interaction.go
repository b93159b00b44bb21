package stride

import "fmt"

// An Interaction is one element sending data to another.
type Interaction struct {
	Source, Target ElementKind // External, Process or Store
	Crosses        bool        // the data crosses a trust boundary
	Human          bool        // the target is a person; matters to Shostack's table only
}

// Part is a part of an interaction: the one that a rule threatens.
type Part uint8

const (
	OnSource Part = iota // the sender
	OnTarget             // the receiver
	OnFlow               // the data on their way
	onStore              // the sender if that is a store, else the receiver
)

var partNames = [...]string{"source", "target", "flow"}

// String returns source, target or flow.
func (p Part) String() string {
	if int(p) < len(partNames) {
		return partNames[p]
	}
	return fmt.Sprintf("Part(%d)", uint8(p))
}

// A Rule finds one threat in an interaction.
type Rule struct {
	ID       string // the rule's name in its source, such as E5
	Category Category
	On       Part   // what is threatened
	Text     string // what may happen, in our words
}

// PerInteraction returns the rules that apply to an interaction in the threat
// types of the Microsoft Threat Modeling Tool, ordered by category.
//
// Source: default.tb7 of github.com/microsoft/threat-modeling-templates (MIT
// licence). Its conditions were evaluated on generic elements with no attribute
// set, so the 20 of its 41 rules that need nothing more than the kinds of the two
// ends and a boundary between them are here; the others ask about protocols and
// products. The identifiers are the template's, the words are ours. Two cells
// may surprise: repudiation by a store (R8) is found at every boundary, logs or
// none, and a process that sends to an external entity is not itself
// threatened. Which part a rule threatens is read off its title; D2 names both
// ends, and the store is the one that runs out.
func PerInteraction(i Interaction) []Rule {
	var found []Rule
	for _, row := range templateRows {
		if row.source != i.Source || row.target != i.Target || row.crosses != i.Crosses {
			continue
		}
		for _, id := range row.rules {
			rule := templateRules[id]
			rule.ID = id
			if rule.On == onStore {
				rule.On = OnTarget
				if i.Source == Store {
					rule.On = OnSource
				}
			}
			found = append(found, rule)
		}
	}
	return found
}

// templateRules are the rules of the template that depend on structure only.
var templateRules = map[string]Rule{
	"S1":   {Category: Spoofing, On: OnSource, Text: "someone poses as the sending process and is let in"},
	"S2":   {Category: Spoofing, On: OnTarget, Text: "someone poses as the receiving process and is told what it is told"},
	"S3":   {Category: Spoofing, On: OnSource, Text: "someone poses as the external entity and is let in"},
	"S7":   {Category: Spoofing, On: OnSource, Text: "false data come from what poses as the store"},
	"S7.1": {Category: Spoofing, On: OnTarget, Text: "data are written to what poses as the store"},
	"S8":   {Category: Spoofing, On: OnTarget, Text: "data are sent to what poses as the external entity"},
	"T1":   {Category: Tampering, On: OnTarget, Text: "crafted input is taken without a check"},
	"T18":  {Category: Tampering, On: OnTarget, Text: "data changed on the way corrupt the store"},
	"R6":   {Category: Repudiation, On: OnTarget, Text: "the process denies that it received the data"},
	"R7":   {Category: Repudiation, On: OnTarget, Text: "the external entity denies that it received the data"},
	"R8":   {Category: Repudiation, On: OnTarget, Text: "the store denies that it wrote the data"},
	"I6":   {Category: InformationDisclosure, On: OnFlow, Text: "the data are read on the way"},
	"I23":  {Category: InformationDisclosure, On: OnSource, Text: "weak access control lets others read the store"},
	"D2":   {Category: DenialOfService, On: OnTarget, Text: "requests use up the resources of the store"},
	"D3":   {Category: DenialOfService, On: OnTarget, Text: "the process crashes, hangs or slows down"},
	"D4":   {Category: DenialOfService, On: OnFlow, Text: "the data are kept from crossing the boundary"},
	"D5":   {Category: DenialOfService, On: onStore, Text: "the store across the boundary cannot be reached"},
	"E5":   {Category: ElevationOfPrivilege, On: OnTarget, Text: "the receiver acts with the rights of the sender"},
	"E6":   {Category: ElevationOfPrivilege, On: OnTarget, Text: "the sender runs code of its own in the receiver"},
	"E7":   {Category: ElevationOfPrivilege, On: OnTarget, Text: "data that are sent in turn the receiver's program off its course"},
}

// templateRows says which rules apply to which interaction.
var templateRows = []struct {
	source, target ElementKind
	crosses        bool
	rules          []string
}{
	{Process, Process, false, []string{"E5"}},
	{Process, Process, true, []string{"S1", "S2", "T1", "R6", "I6", "D3", "D4", "E5", "E6", "E7"}},
	{Process, External, false, nil},
	{Process, External, true, []string{"S8", "R7", "D4"}},
	{Process, Store, false, []string{"S7.1", "D2"}},
	{Process, Store, true, []string{"S1", "S7.1", "T18", "R8", "I6", "D2", "D4", "D5"}},
	{External, Process, false, []string{"S3", "E5"}},
	{External, Process, true, []string{"S2", "S3", "T1", "R6", "I6", "D3", "D4", "E5", "E6", "E7"}},
	{External, External, false, nil},
	{External, External, true, []string{"R7", "D4"}},
	{External, Store, false, []string{"S7.1"}},
	{External, Store, true, []string{"S7.1", "T18", "R8", "D4", "D5"}},
	{Store, Process, false, []string{"S7", "I23"}},
	{Store, Process, true, []string{"S2", "S7", "R6", "I23", "D3", "D4", "D5", "E6", "E7"}},
	{Store, External, false, []string{"S7", "I23"}},
	{Store, External, true, []string{"S7", "R7", "I23", "D4", "D5"}},
	{Store, Store, false, []string{"S7", "S7.1"}},
	{Store, Store, true, []string{"S7", "S7.1", "R8", "D4", "D5"}},
}

// Shostack returns the rules that apply to an interaction in the table STRIDE
// per interaction of Adam Shostack (Threat Modeling: Designing for Security,
// 2014, chapter 3), one rule for each letter, in the order of its twelve rows.
// An identifier such as shostack-3 names the row.
//
// All cells were written down from memory: compare one with the book before you
// rest a case on it. The table speaks of a machine boundary; any trust boundary
// counts here.
func Shostack(i Interaction) []Rule {
	var found []Rule
	for n, row := range shostackRows {
		if !row.applies(i) {
			continue
		}
		for c := range setOf(row.stride).All() {
			found = append(found, Rule{ID: fmt.Sprintf("shostack-%d", n+1), Category: c, On: row.on, Text: row.text})
		}
	}
	return found
}

// A shostackRow applies to interactions between these kinds, or, if it has none,
// to all that cross a boundary.
type shostackRow struct {
	source, target ElementKind
	on             Part
	who            audience
	stride         string // letters
	text           string
}

// audience says whether it matters to a row that the target is a person.
type audience uint8

const (
	anyone audience = iota
	code
	person
)

func (r shostackRow) applies(i Interaction) bool {
	if r.source == 0 {
		return i.Crosses
	}
	return r.source == i.Source && r.target == i.Target &&
		(r.who == anyone || (r.who == person) == i.Human)
}

var shostackRows = [...]shostackRow{
	{Process, Store, OnSource, anyone, "SI", "the process writes to a store"},
	{Process, Process, OnSource, anyone, "SRIDE", "the process sends to another process"},
	{Process, External, OnSource, code, "SRID", "the process sends to an external system"},
	{Process, External, OnSource, person, "R", "the process sends to a person"},
	{Store, Process, OnTarget, anyone, "STDE", "the process reads from a store"},
	{Process, Process, OnTarget, anyone, "SRDE", "the process receives from another process"},
	{External, Process, OnTarget, anyone, "SDE", "the process receives from an external entity"},
	{0, 0, OnFlow, anyone, "TID", "the data cross a boundary"},
	{Process, Store, OnTarget, anyone, "TRID", "the store is written to by a process"},
	{Store, Process, OnSource, anyone, "RID", "the store is read by a process"},
	{External, Process, OnSource, anyone, "SRI", "the external entity sends to a process"},
	{Process, External, OnTarget, anyone, "S", "the external entity receives from a process"},
}
