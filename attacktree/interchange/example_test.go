package interchange_test

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/interchange"
)

// A fault tree of another tool, and the chance of its top gate.
func Example() {
	data := []byte(`<opsa-mef>
  <define-fault-tree name="outage">
    <define-gate name="outage">
      <atleast min="2"> <event name="a"/> <event name="b"/> <event name="c"/> </atleast>
    </define-gate>
  </define-fault-tree>
  <model-data>
    <define-basic-event name="a"> <float value="0.1"/> </define-basic-event>
    <define-basic-event name="b"> <float value="0.1"/> </define-basic-event>
    <define-basic-event name="c"> <float value="0.5"/> </define-basic-event>
  </model-data>
</opsa-mef>`)
	tree, warnings, err := interchange.Read("outage.xml", data, "")
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	prog, err := attacktree.Compile(ctx, tree, nil)
	if err != nil {
		log.Fatal(err)
	}
	r, err := prog.Eval(ctx, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s: %.2f by %v minimal sets, %d warnings\n", r.Goal, r.Likelihood.Value, r.AttackCount, len(warnings))
	// Output: outage: 0.10 by 3 minimal sets, 0 warnings
}

// A tree for other tools, and what they will not learn.
func ExampleWriteOpenPSA() {
	tree, err := attacktree.Parse("theft.atree", []byte(`
goal or theft {
  step phish { likelihood 20%  cost 5k }
  step bribe { likelihood 5%  cost 100k }
}`))
	if err != nil {
		log.Fatal(err)
	}
	warnings, err := interchange.WriteOpenPSA(os.Stdout, tree, "theft")
	if err != nil {
		log.Fatal(err)
	}
	for _, w := range warnings {
		fmt.Println(w.Message)
	}
	// Output:
	// <?xml version="1.0" encoding="UTF-8"?>
	// <opsa-mef>
	//   <define-fault-tree name="theft">
	//     <define-gate name="theft">
	//       <or>
	//         <event name="phish"/>
	//         <event name="bribe"/>
	//       </or>
	//     </define-gate>
	//   </define-fault-tree>
	//   <model-data>
	//     <define-basic-event name="phish">
	//       <float value="0.2"/>
	//     </define-basic-event>
	//     <define-basic-event name="bribe">
	//       <float value="0.05"/>
	//     </define-basic-event>
	//   </model-data>
	// </opsa-mef>
	// costs are left out, of 2 nodes
}

// A tree of ADTool becomes text of the language.
func ExampleWriteAtree() {
	tree, _, err := interchange.Read("lab.xml", []byte(`<adtree>
  <node refinement="conjunctive"><label>Enter the lab</label>
    <node refinement="disjunctive"><label>Pick the lock</label><parameter domainId="MinCost1">40</parameter></node>
    <node refinement="disjunctive"><label>Pass the guard</label>
      <node refinement="disjunctive" switchRole="yes"><label>Badges</label></node>
    </node>
  </node>
</adtree>`), "")
	if err != nil {
		log.Fatal(err)
	}
	if _, err := interchange.WriteAtree(os.Stdout, tree); err != nil {
		log.Fatal(err)
	}
	// Output:
	// model "Enter the lab"
	//
	// goal and Enter_the_lab "Enter the lab" {
	//   step Pick_the_lock "Pick the lock" { cost 40 }
	//   step Pass_the_guard "Pass the guard"
	// }
	//
	// control Badges "Badges" {
	//   on Pass_the_guard { block }
	// }
}

func ExampleReadADTerms() {
	term := "ap(Get in, cp(op(Pick the lock, Break the door), Guard))"
	m, problems := interchange.ReadADTerms("", interchange.File{Name: "lab.txt", Data: []byte(term)})
	if err := problems.Err(); err != nil {
		fmt.Println(err)
		return
	}
	for _, n := range m.Nodes {
		fmt.Println(n.Gate, n.Name)
	}
	for _, c := range m.Controls {
		fmt.Println("control", c.Name, "on", c.Effects[0].Targets[0].Name)
	}
	// Output:
	// and and_1
	// step Get_in
	// or or_2
	// step Pick_the_lock
	// step Break_the_door
	// control Guard on or_2
}
