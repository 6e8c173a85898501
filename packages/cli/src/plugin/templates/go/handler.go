// The tools of sample-plugin.

package main

import (
	"context"
	"encoding/json"
	"strings"
	"unicode"
)

var tools = []tool{{
	Name:        "sample_plugin_greet",
	Description: "Greet a person by name.",
	InputSchema: json.RawMessage(`{
		"type": "object",
		"properties": {
			"name": {"type": "string", "minLength": 1, "maxLength": 100, "description": "Who is greeted"}
		},
		"required": ["name"],
		"additionalProperties": false
	}`),
	Handler: greet,
}}

func greet(ctx context.Context, arguments json.RawMessage) (outcome, error) {
	var input struct {
		Name string `json:"name"`
	}
	if err := json.Unmarshal(arguments, &input); err != nil {
		return refused("The name must be a text."), nil
	}
	if err := ctx.Err(); err != nil {
		return outcome{}, err
	}
	name := strings.TrimSpace(input.Name)
	if !strings.ContainsFunc(name, unicode.IsLetter) {
		return refused("That is no name: it has no letter."), nil
	}
	return done("Hello, "+name+"!", map[string]any{"name": name}), nil
}

func main() {
	serve("sample-plugin", "0.1.0", tools)
}
