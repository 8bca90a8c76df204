"""The exports as others read them: DCAT by an RDF library, OpenMetadata's requests by the names that
its published schemas know."""

from __future__ import annotations

import json
import re
import warnings
from dataclasses import replace

import pytest
from rdflib import DCAT, DCTERMS, FOAF, RDF, SKOS, XSD, Graph, Literal, Namespace, URIRef

from tests.protection.conftest import FIELDS, PLAIN
from tests.protection.test_exports import written
from tongban.protection.models import Source

pytestmark = pytest.mark.django_db
CSVW, DPV, VCARD = (
    Namespace("http://www.w3.org/ns/csvw#"),
    Namespace("https://w3id.org/dpv#"),
    Namespace("http://www.w3.org/2006/vcard/ns#"),
)


@pytest.fixture
def graph(catalogue) -> Graph:
    Source.objects.update(purpose="办理许可")
    with warnings.catch_warnings():
        warnings.filterwarnings(
            "ignore", "ConjunctiveGraph is deprecated", DeprecationWarning
        )  # rdflib's own reader of JSON-LD uses it
        return Graph().parse(data=written("dcat"), format="json-ld")


def test_dcat_is_a_catalogue_with_datasets_and_themes(graph):
    """DCAT 3: dcat:Catalog dcat:dataset dcat:Dataset; dct:title, dct:description, dct:publisher foaf:Agent,
    dcat:theme skos:Concept."""
    (catalogue,) = graph.subjects(RDF.type, DCAT.Catalog)
    (dataset,) = graph.objects(catalogue, DCAT.dataset)
    assert isinstance(catalogue, URIRef)
    assert isinstance(dataset, URIRef)
    assert (dataset, RDF.type, DCAT.Dataset) in graph
    assert (dataset, DCTERMS.title, Literal("许可系统", lang="zh-Hans")) in graph
    assert (dataset, DCTERMS.description, Literal("办理许可")) in graph
    assert graph.value(dataset, DCTERMS.identifier) is not None
    publisher = graph.value(dataset, DCTERMS.publisher)
    assert (publisher, RDF.type, FOAF.Agent) in graph
    assert (publisher, FOAF.name, Literal("雁塔区城市管理局")) in graph
    assert {str(graph.value(theme, SKOS.prefLabel)) for theme in graph.objects(dataset, DCAT.theme)} == {"个人信息"}
    (scheme,) = graph.objects(catalogue, DCAT.themeTaxonomy)
    assert (scheme, RDF.type, SKOS.ConceptScheme) in graph
    for theme in graph.objects(dataset, DCAT.theme):
        assert (theme, RDF.type, SKOS.Concept) in graph
        assert (theme, SKOS.inScheme, scheme) in graph
    rights = graph.value(dataset, DCTERMS.accessRights)
    assert (rights, RDF.type, DCTERMS.RightsStatement) in graph


def test_dcat_has_times_and_columns(graph):
    for subject, _, moment in [
        *graph.triples((None, DCTERMS.issued, None)),
        *graph.triples((None, DCTERMS.modified, None)),
    ]:
        assert isinstance(moment, Literal)
        assert moment.datatype == XSD.dateTime
        assert moment.toPython().tzinfo is not None, subject
    columns = {str(graph.value(column, CSVW.name)) for column in graph.subjects(RDF.type, CSVW.Column)}
    assert columns == {"id", "id_no", "mobile", "note"}
    assert len(list(graph.subjects(RDF.type, CSVW.Column))) == len(FIELDS)
    assert set(graph.objects(None, DPV.hasPersonalData)) == {DPV.PersonalData, DPV.SensitivePersonalData}
    assert not [
        node for node in graph.all_nodes() if isinstance(node, URIRef) and not re.match(r"https?://|urn:", node)
    ]
    assert not [predicate for predicate in graph.predicates() if not re.match(r"https?://|urn:", predicate)]


# api/data/createTable.json, entity/data/table.json (column) and type/tagLabel.json: no other properties are allowed.
TABLE = {
    "name", "displayName", "description", "tableType", "columns", "dataModel", "locationPath", "tableConstraints",
    "tablePartition", "tableProfilerConfig", "owners", "databaseSchema", "tags",
    "schemaDefinition", "retentionPeriod", "extension", "sourceUrl", "domain", "dataProducts", "fileFormat",
    "lifeCycle", "sourceHash",
}  # fmt: skip
COLUMN = {
    "name", "displayName", "dataType", "arrayDataType", "dataLength", "precision", "scale", "dataTypeDisplay",
    "description", "fullyQualifiedName", "tags", "constraint", "ordinalPosition",
    "jsonSchema", "children", "customMetrics", "profile",
}  # fmt: skip
LABEL = {"tagFQN", "name", "displayName", "description", "source", "labelType", "state", "href"}


def accepted(table: dict) -> None:
    """Asserts what the schemas ask of a request."""
    assert set(table) <= TABLE
    assert {"name", "columns", "databaseSchema"} <= set(table)
    assert table["tableType"] in {
        "Regular",
        "External",
        "View",
        "SecureView",
        "MaterializedView",
        "Iceberg",
        "Local",
        "Partitioned",
        "Foreign",
    }
    assert re.fullmatch(r"((?!::).){1,256}", table["name"])
    assert 1 <= len(table["databaseSchema"]) <= 3072
    names = [column["name"] for column in table["columns"]]
    assert len(set(names)) == len(names)
    for column in table["columns"]:
        assert set(column) <= COLUMN
        assert re.fullmatch(r"((?!::).){1,128}", column["name"])
        assert column["dataType"] == "UNKNOWN"
        assert isinstance(column["ordinalPosition"], int)
        assert all(isinstance(column[name], str) for name in ("displayName", "dataTypeDisplay", "description"))
        for tag in column["tags"]:
            assert set(tag) <= LABEL
            assert {"tagFQN", "source", "labelType", "state"} <= set(tag)
            assert len(tag["tagFQN"]) <= 128
            assert tag["source"] in {"Classification", "Glossary"}
            assert tag["labelType"] in {"Manual", "Propagated", "Automated", "Derived"}
            assert tag["state"] in {"Suggested", "Confirmed"}


def test_openmetadata_knows_every_name_and_value(catalogue):
    for table in json.loads(written("openmetadata"))["tables"]:
        accepted(table)


@pytest.mark.parametrize("column", ["a" * 400, "a:::b", "a::::b", 'x"y', "甲\u2028乙", "a.b", " "])
def test_names_that_openmetadata_refuses_are_made_fit(taken, column):
    taken(replace(PLAIN, column=column, part=column), replace(PLAIN, column=column + "x", part=column))
    (table,) = json.loads(written("openmetadata"))["tables"]
    accepted(table)


def test_columns_whose_masked_names_are_the_same_stay_two(taken):
    taken(replace(PLAIN, column="13800138000"), replace(PLAIN, column="13900139000"))
    (table,) = json.loads(written("openmetadata"))["tables"]
    accepted(table)
    assert len(table["columns"]) == 2
