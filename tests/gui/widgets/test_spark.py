import numpy as np
import pytest

from rnnviz.widgets.spark import INSET, Spark


@pytest.fixture
def spark(qtbot):
    made = Spark()
    qtbot.addWidget(made)
    made.resize(200, 20)
    return made


def test_larger_numbers_are_higher_and_equal_steps_are_factors(spark):
    spark.set_values([1.0, 10.0, 100.0])
    low, middle, high = spark.points()
    assert low.y() > middle.y() > high.y()
    assert low.y() - middle.y() == pytest.approx(middle.y() - high.y())
    assert (low.x(), high.x()) == (INSET, 200 - INSET)


def test_what_has_no_logarithm_is_a_gap(spark):
    spark.set_values([1.0, np.nan, 0.0, np.inf, 2.0])
    assert [point is None for point in spark.points()] == [False, True, True, True, False]


def test_equal_numbers_and_none(spark):
    spark.set_values([3.0, 3.0])
    assert {point.y() for point in spark.points()} == {10.0}
    spark.set_values([])
    assert spark.points() == []
    spark.set_values([np.nan])
    assert spark.points() == [None]


def test_of_very_many_the_largest_shows(spark):
    values = np.ones(100_000)
    values[54_321] = 1e6
    spark.set_values(values)
    points = spark.points()
    assert len(points) == 200
    assert min(point.y() for point in points) == 2.0


def test_it_is_drawn_with_its_mark(spark):
    spark.set_values([1.0, 2.0, 3.0])
    before = spark.grab().toImage()
    spark.set_mark(1)
    assert spark.grab().toImage() != before
    spark.set_mark(None)
    assert spark.grab().toImage() == before
