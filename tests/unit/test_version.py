from importlib import resources

import adapters


def test_that_the_version_has_three_numbers() -> None:
    assert [part.isdigit() for part in adapters.__version__.split(".")] == [True, True, True]


def test_that_resources_are_reached_as_a_package() -> None:
    assert resources.files("resources").joinpath("__init__.py").is_file()
