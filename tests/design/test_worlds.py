"""Users' files: every kind of mistake is one line with its place; good files mean what they say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.design.folders import shipped_folder
from sim.design.worlds import load_world, read_network, read_population
from sim.model.inputs import NEVER
from sim.tables.errors import UserError
from sim.tables.parameters import defaults
from tests.mistakes import only_problem, problems

GOOD = "organisation,hcps\nNorth,3\nSouth,2\n"
TIES = "organisation_1,hcp_1,organisation_2,hcp_2\n"
NAMES, SIZES = ["North", "South"], np.array([3, 2])


def write(tmp_path, content):
    path = tmp_path / "file.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return str(path)


def read_ties(path):
    return read_network(path, NAMES, SIZES)


POPULATION_MISTAKES = [
    ("organisation,hcps\nNorth,3\nSouth,0\n", "line 3", ["hcps=0", "whole number from 1"]),
    ('organisation,hcps\nNorth,"1,000"\n', "line 2", ["hcps=1,000", "(write 1000)"]),
    ("organisation,hcps,resources\nN,1,1e9\n", "line 2", ["resources=1e9", "up to 10000000"]),
    ("organisation,hcps\nNorth,\n", "line 2", ["hcps=: is empty", "from 1 to 10000000"]),
    ("organisation,hcps\nNorth,\u0663\n", "line 2", ["hcps="]),
    (f"organisation,hcps\nNorth,{'9' * 5000}\n", "line 2", ["hcps=", "10000000"]),
    ("organisation,hcps\n,3\n", "line 2", ["organisation=", "a name of"]),
    (f"organisation,hcps\n{'x' * 201},3\n", "line 2", ["organisation=", "at most 200"]),
    ("organisation,hcps\nNorth,3\nNorth,2\n", "line 3", ["organisation=North", "on line 2"]),
    ("organisation,hcps,readiness\nNorth,3,1.5\n", "line 2", ["readiness=1.5", "from 0 to 1"]),
    ("organisation,hcps,resources\nNorth,3,0\n", "line 2", ["resources=0", "above 0"]),
    ("organisation,hcps,member\nNorth,3,maybe\n", "line 2", ["member=maybe", "yes or no"]),
    ("organisation,hcps,deployed_since\nNorth,3,1201\n", "line 2", ["deployed_since=1201"]),
    ("organisation,hcps,physician,nurse,allied\nA,3,.2,.2,.2\n", "line 2", ["must sum to 1"]),
    ("organisation,hcps,physician,nurse,allied\nA,3,.5,.5,\n", "line 2", ["all of them"]),
    ("organisation,hcps,physician\nA,3,1\n", "line 2", ["all of them"]),
    ("organisation,hcps\nNorth,3,4\n", "line 2", ["3 cells", "heading has 2"]),
    ("organisation,hcps\n\nNorth\n", "line 3", ["1 cell,", "heading has 2"]),
    ("organisation,hcp\nNorth,3\n", "line 1", ["hcp: unknown column; did you mean hcps?"]),
    ("organisation,hcps,colour\nNorth,3,red\n", "line 1", ["colour: unknown column; allowed: "]),
    ("organisation\nNorth\n", "line 1", ["column hcps is missing"]),
    ("organisation,hcps,hcps\nNorth,3,3\n", "line 1", ["twice"]),
    ("organisation;hcps\nNorth;3\n", "line 1", ["semicolons separate", "as CSV with commas"]),
    ("organisation\thcps\nNorth\t3\n", "line 1", ["tabs separate the cells"]),
    ("sep=;\norganisation;hcps\nNorth;3\n", "line 1", ["semicolons separate the cells"]),
    ("organisation,hcps,readiness\nNorth,3,0,5\n", "line 2", ["4 cells", "with a point, as 0.5"]),
    ('organisation,hcps,readiness\nNorth,3,"0,5"\n', "line 2", ["readiness=0,5", "write 0.5"]),
    ("", "line 1", ["is empty"]),
]


# What a cell may hold is tried with the columns of a population
NETWORK_MISTAKES = [
    ("North,1,Nroth,2\n", "line 2", ["organisation_2=Nroth", "unknown", "did you mean North?"]),
    ("Elsewhere,1,North,2\n", "line 2", ["organisation_1=Elsewhere", "unknown"]),
    ("North,4,South,2\n", "line 2", ["hcp_1=4", "from 1 to 3", "North"]),
    ("North,1,South,3\n", "line 2", ["hcp_2=3", "from 1 to 2", "South"]),
    ("North,1.5,South,1\n", "line 2", ["hcp_1=1.5: is not whole"]),
    ("North,1_0,South,1\n", "line 2", ["hcp_1=1_0"]),
    ("North,,South,1\n", "line 2", ["hcp_1="]),
    (f"North,1,South,{'1' * 5000}\n", "line 2", ["hcp_2="]),
    ("North,1,North,2\nNorth,1,North,2\n", "line 3", ["same tie is on line 2"]),
    ("North,1,South,2\nSouth,2,North,1\n", "line 3", ["same tie is on line 2"]),
    ("North,2,North,2\n", "line 2", ["to itself"]),
]


@pytest.mark.parametrize(
    ("key", "content", "line", "parts"),
    [
        *(("population.file", *row) for row in POPULATION_MISTAKES),
        *(("network.file", TIES + rows, *said) for rows, *said in NETWORK_MISTAKES),
    ],
)
def test_a_mistake_in_a_file_is_a_line_with_its_place(tmp_path, key, content, line, parts):
    read = read_population if key == "population.file" else read_ties
    said = only_problem(read, write(tmp_path, content))
    assert said.startswith(f"{key}=") and f", {line}: " in said
    assert all(part in said for part in parts), said
    assert "\n" not in said and len(said) < 600


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\xff\xfe", "not a text file in UTF-8"),
        ("organisation,hcps\nK\xe4rnten,3\n".encode("latin-1"), "not a text file in UTF-8"),
        (b'organisation,hcps\n"North,3\n', "allowed is a CSV file"),
        (b'organisation,hcps\n"No"rth,3\n', "allowed is a CSV file"),
        (GOOD[:18].encode(), "has no rows"),
        (b"organisation,hcps\nA,9999999\nB,9999999\n", "more than 10000000 HCPs"),
    ],
)
def test_a_file_that_cannot_be_used_as_a_whole(tmp_path, content, words):
    said = only_problem(read_population, write(tmp_path, content))
    assert said.startswith("population.file=") and words in said


def test_a_file_that_is_not_there_is_a_folder_or_has_no_rows(tmp_path):
    for path in (tmp_path / "none.csv", tmp_path):
        said = only_problem(read_population, str(path))
        assert "allowed is a CSV file" in said
    assert "has no rows" in problems(read_ties, write(tmp_path, TIES))[0]


def test_mistakes_are_told_together_up_to_ten(tmp_path):
    rows = "".join(f"Org {i},0\n" for i in range(30))
    assert len(problems(read_population, write(tmp_path, "organisation,hcps\n" + rows))) == 10
    assert len(problems(read_population, write(tmp_path, GOOD + ",0\nWest,0\n"))) == 3
    rows = "North,9,South,9\nEast,1,South,1\n"
    assert len(problems(read_ties, write(tmp_path, TIES + rows))) == 3


def test_a_full_row_is_the_world_it_states(tmp_path):
    path = write(
        tmp_path,
        "hcps,organisation,readiness,resources,member,deployed_since,physician,nurse,allied\n"
        "3,North,0.5,2,yes,6,0.2,0.3,0.5\n"
        "2,South,0,0.1,FALSE,0,1,0,0\n",
    )
    names, world = read_population(path)
    assert names == ["North", "South"]
    assert world.sizes.tolist() == [3, 2] and world.member.tolist() == [1, 0]
    assert world.readiness.tolist() == [0.5, 0] and world.resources.tolist() == [2, 0.1]
    assert world.deployed.tolist() == [-6, 0]
    assert world.shares.tolist() == [[0.2, 0.3, 0.5], [1, 0, 0]]


def test_empty_cells_and_missing_columns_are_left_to_the_draw(tmp_path):
    long = "organisation,hcps,readiness,resources,member,deployed_since,physician,nurse,allied\n"
    for content in (GOOD, long + "North,3,,,,,,,\nSouth,2,,,,,,,\n"):
        _, world = read_population(write(tmp_path, content))
        assert np.isnan(world.readiness).all() and np.isnan(world.resources).all()
        assert world.member.tolist() == [-1, -1] and world.deployed.tolist() == [NEVER, NEVER]
        assert np.isnan(world.shares).all() and world.shares.shape == (2, 3)


@pytest.mark.parametrize(
    "content",
    [
        "\ufeff" + GOOD,
        GOOD.replace("\n", "\r\n"),
        '"organisation","hcps"\n"North","3"\n"South","2"\n',
        "organisation, hcps\n North , 3\n\n  \nSouth,2",
        "hcps,organisation\n3,North\n2,South\n",
        'organisation,hcps\n"Clinic ""A"", Espoo",3\nÄänekoski 医院,2\n',
    ],
)
def test_the_ways_in_which_spreadsheets_write_files(tmp_path, content):
    names, world = read_population(write(tmp_path, content))
    of_any_language = ['Clinic "A", Espoo', "Äänekoski 医院"]
    assert names == (of_any_language if "Espoo" in content else NAMES)
    assert world.sizes.tolist() == [3, 2]


def test_ties_join_the_stated_hcps_both_ways(tmp_path):
    path = write(tmp_path, TIES + "North,1,South,2\nNorth,3,North,1\n")
    first, peers = read_ties(path)
    found = [sorted(peers[a:b].tolist()) for a, b in zip(first[:-1], first[1:], strict=True)]
    assert found == [[2, 4], [], [0], [], [0]]


def test_ties_of_a_generated_world_name_organisations_by_number(tmp_path):
    path = write(tmp_path, TIES + "1,1,2,3\n")
    values = defaults() | {"network.kind": "file", "network.file": path}
    values |= {"population.organisations": 2, "population.organisation_size": 3}
    names, world = load_world(values)
    assert names == ["1", "2"] and world.sizes.tolist() == [3, 3]
    assert world.peers.tolist() == [5, 0] and world.member.tolist() == [-1, -1]
    said = only_problem(load_world, values | {"population.size_spread": 0.5})
    assert "population.size_spread=0" in said


def test_without_files_everything_is_drawn():
    names, world = load_world(defaults())
    assert names == [] and world.sizes.size == 0 and world.peers.size == 0


def test_the_shipped_example_is_read():
    files = {n: str(shipped_folder() / "examples" / f"{n}.csv") for n in ("organisations", "ties")}
    values = {"population.file": files["organisations"], "network.file": files["ties"]}
    names, world = load_world(defaults() | values | {"network.kind": "file"})
    assert len(names) == 5 and world.sizes.sum() == 135
    with open(files["ties"]) as ties:
        assert world.peers.size == 2 * (len(ties.readlines()) - 1)
    assert world.first_peer.size == 136


@settings(derandomize=True, max_examples=60)
@given(st.one_of(st.binary(max_size=60), st.text(max_size=60).map(str.encode)))
def test_whatever_a_file_holds_is_a_world_or_a_users_mistake(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("worlds") / "file.csv"
    for heading in (b"", b"organisation,hcps\n", b"organisation,hcps,readiness\nNorth,1,"):
        path.write_bytes(heading + content)
        try:
            assert read_population(str(path)).names
        except UserError as error:
            assert all("\n" not in line for line in error.problems)
