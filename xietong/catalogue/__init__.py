"""The catalogue: what is measured, where, against which targets. Data only; analysts edit it."""

from xietong.catalogue.articles import Article, Articles, Duty, DutyStatus, Target, Targets
from xietong.catalogue.catalogue import Catalogue
from xietong.catalogue.definition import Definition, Text
from xietong.catalogue.factors import Factor, Measure
from xietong.catalogue.index import Band, Index, Label, Node, Series
from xietong.catalogue.indicators import (
    DeclineFormula,
    Formula,
    Goalposts,
    Indicator,
    Range,
    RatioFormula,
    SumFormula,
    SystemFormula,
)
from xietong.catalogue.judgements import Comparison, Judgements
from xietong.catalogue.loading import load_catalogue, load_edition, require_edition
from xietong.catalogue.sources import Edition, LongTableColumns, Source
from xietong.catalogue.units import FormerUnit, Region, Unit

__all__ = [
    "Article",
    "Articles",
    "Band",
    "Catalogue",
    "Comparison",
    "DeclineFormula",
    "Definition",
    "Duty",
    "DutyStatus",
    "Edition",
    "Factor",
    "FormerUnit",
    "Formula",
    "Goalposts",
    "Index",
    "Indicator",
    "Judgements",
    "Label",
    "LongTableColumns",
    "Measure",
    "Node",
    "Range",
    "RatioFormula",
    "Region",
    "Series",
    "Source",
    "SumFormula",
    "SystemFormula",
    "Target",
    "Targets",
    "Text",
    "Unit",
    "load_catalogue",
    "load_edition",
    "require_edition",
]
