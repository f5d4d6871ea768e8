"""What the user sees when something went wrong, and what is kept of it."""

from rnnviz.reports.banner import Banner as Banner
from rnnviz.reports.hook import ExceptionHook as ExceptionHook
from rnnviz.reports.report import report_of as report_of
from rnnviz.reports.report import sentence_of as sentence_of
