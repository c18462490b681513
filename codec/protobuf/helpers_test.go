package protobuf

import "github.com/sluice-bridge/sluice/codec/schema"

func parseText(src *schema.Source) (*fileTypes, error) {
	made, err := new(Compiler).Parse(src)
	if err != nil {
		return nil, err
	}
	return made.Types.(*fileTypes), nil
}
