package simulator

import (
	"strconv"
	"strings"

	"github.com/tocsin/tocsin"
)

// person is one of Harbour's users.
type person struct{ name, handle, home string }

// cast invents at least so many users: each name with each ending makes one, and
// numbers make more. They live on several networks, as the users of a real
// product do.
func (m material) cast(least int) []person {
	var all []person
	for round := 0; round == 0 || len(all) < least; round++ {
		number := ""
		if round > 0 {
			number = strconv.Itoa(round + 1)
		}
		for i, name := range m.Names {
			for j, ending := range m.Handles {
				handle := strings.ToLower(name) + ending + number
				home := m.Homes[(i+j)%len(m.Homes)]
				all = append(all, person{name: name, handle: handle, home: strings.ReplaceAll(home, "{handle}", handle)})
			}
		}
	}
	return all
}

// regulars is how many of the cast write on any day.
func (m material) regulars() int { return len(m.Names) * len(m.Handles) }

// id names the person for good.
func (p person) id() string { return "sim:" + p.handle }

func (p person) reporter() tocsin.Reporter {
	return tocsin.Reporter{ID: p.id(), Handle: p.home, Name: p.name}
}
