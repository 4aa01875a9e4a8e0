#!/usr/bin/env python3
"""Reduces what `abidw` says of the library to its C interface: the `so_` functions, and the types in their signatures.

    abidw … LIBRARY | interface.py > interface.abi

The debug information of a Rust library describes everything inside it, down to the dependencies, and changes with each
of them. Users see none of that: their handles are opaque. So a handle is only declared here, and the rest is left out.
"""

import sys
import xml.etree.ElementTree as ElementTree
from xml.etree.ElementTree import Element

PREFIX = "so_"


def main() -> None:
    whole = ElementTree.parse(sys.stdin).getroot()
    functions = sorted(whole.iter("function-decl"), key=lambda function: function.get("name", ""))
    functions = [function for function in functions if function.get("name", "").startswith(PREFIX)]

    interface = Element(whole.tag, whole.attrib)
    interface.extend(whole.findall("elf-function-symbols"))
    unit = ElementTree.SubElement(interface, "abi-instr", {"address-size": "64", "path": "src/ffi", "language": "LANG_C"})
    unit.extend(opaque(part) for part in types_of(functions, whole))
    unit.extend(functions)
    ElementTree.indent(interface)
    print(ElementTree.tostring(interface, encoding="unicode"))


def types_of(functions: list[Element], whole: Element) -> list[Element]:
    """The types that the functions speak of, however indirectly: each once, in the order of their ids."""
    types = {element.get("id"): element for element in whole.iter() if element.get("id")}
    needed = set()
    waiting = [part.get("type-id") for function in functions for part in function]
    while waiting:
        wanted = waiting.pop()
        if wanted and wanted not in needed:
            needed.add(wanted)
            waiting.append(types[wanted].get("type-id"))
            # An enum says in a part of its own which integer it is. The parts of a struct are not needed: it is opaque.
            waiting.extend(part.get("type-id") for part in types[wanted].iter("underlying-type"))
    return [types[wanted] for wanted in sorted(needed)]


def opaque(part: Element) -> Element:
    if part.tag != "class-decl":
        return part
    kept = {name: value for name, value in part.attrib.items() if name != "size-in-bits"}
    return Element(part.tag, {**kept, "is-declaration-only": "yes"})


main()
