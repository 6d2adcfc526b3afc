"""Import-linter contract types for packages from outside the repository.

`forbidden` lists what may not be imported and so misses what nobody thought of; these two list what may.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, cast

from importlinter import Contract, ContractCheck, fields, output

if TYPE_CHECKING:
    from grimp import ImportGraph

STANDARD_LIBRARY = "standard-library"


def _names(value: object) -> list[str]:
    """An option by the type it has once import-linter has read it; the class attribute is its field."""
    return list(cast("list[str] | None", value) or ())


def _members(graph: ImportGraph, packages: list[str]) -> set[str]:
    """The modules of the graph at or below the packages; a package that is not there is an error."""
    found: set[str] = set()
    for package in packages:
        if package not in graph.modules:
            raise ValueError(f"The contract names {package}, which does not exist.")
        found.add(package)
        if not graph.is_module_squashed(package):
            found |= graph.find_descendants(package)
    return found


def _links(graph: ImportGraph, importer: str, imported: str) -> dict[str, Any]:
    details = graph.get_import_details(importer=importer, imported=imported)
    lines = ", ".join(str(detail["line_number"]) for detail in details)
    return {"importer": importer, "imported": imported, "lines": lines}


class _ListedLinks(Contract):
    """Renders the links that `check` left under `links`."""

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print one line for each import that should not be there."""
        for link in check.metadata["links"]:
            output.print_error(f"- {link['importer']} -> {link['imported']} (l.{link['lines']})", bold=False)


class AllowedOutside(_ListedLinks):
    """The source modules import nothing from outside the repository but what is listed.

    Options: `source_modules`, packages looked at with all below them; `allowed`, top-level names, where
    `standard-library` stands for all of it; `denied` (optional), names taken out again.
    """

    type_name = "allowed_outside"

    source_modules = fields.ListField(subfield=fields.StringField())
    allowed = fields.SetField(subfield=fields.StringField())
    denied = fields.SetField(subfield=fields.StringField(), required=False)

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Compare each direct import of a squashed (outside) module with the list."""
        del verbose
        allowed = set(_names(self.allowed))
        if STANDARD_LIBRARY in allowed:
            allowed |= sys.stdlib_module_names
        allowed -= set(_names(self.denied))
        links = [
            _links(graph, importer, imported)
            for importer in sorted(_members(graph, _names(self.source_modules)))
            for imported in sorted(graph.find_modules_directly_imported_by(importer))
            if graph.is_module_squashed(imported) and imported not in allowed
        ]
        return ContractCheck(kept=not links, metadata={"links": links})


class Owned(_ListedLinks):
    """Packages, from inside or outside the repository, are imported by their owners only.

    Options: `packages`, with all below them; `owners`, packages that may import them, with all below.
    """

    type_name = "owned"

    packages = fields.ListField(subfield=fields.StringField())
    owners = fields.ListField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Look at each importer of each package; one that nobody imports yet keeps the contract."""
        del verbose
        owners = _members(graph, [owner for owner in _names(self.owners) if owner in graph.modules])
        owned = _members(graph, [package for package in _names(self.packages) if package in graph.modules])
        links = [
            _links(graph, importer, imported)
            for imported in sorted(owned)
            for importer in sorted(graph.find_modules_that_directly_import(imported) - owners - owned)
        ]
        return ContractCheck(kept=not links, metadata={"links": links})
