"""The functions that a query may call: plain computation on values, nothing else.

An allow-list. Left out are all that read files, settings, catalogs or other queries, that sleep,
lock or write, that are random, and table functions of any kind.
"""

from typing import Final

from sqlglot import exp

_NUMBERS = """Abs Ceil Floor Round Sign Sqrt Cbrt Pow Exp Ln Log Mod Greatest Least Trunc Degrees
Radians Pi Sin Cos Tan Asin Acos Atan Atan2 WidthBucket IsNan IsInf SafeDivide"""
_AGGREGATES = """Count CountIf Sum Avg Min Max Stddev StddevPop StddevSamp Variance VariancePop
Median Mode Quantile ApproxQuantile PercentileCont PercentileDisc ApproxDistinct Corr CovarPop
CovarSamp RegrSlope RegrIntercept RegrR2 RegrCount ArgMax ArgMin AnyValue LogicalAnd LogicalOr
GroupConcat ArrayAgg Skewness Kurtosis Grouping First Last"""
_WINDOWS = """RowNumber Rank DenseRank PercentRank CumeDist Ntile Lag Lead FirstValue LastValue
NthValue"""
_TEXTS = """
Lower Upper Length Trim Substring Left Right Replace Concat ConcatWs StrPosition Initcap
Reverse Repeat Pad StartsWith EndsWith Contains Split SplitPart RegexpLike RegexpILike
RegexpReplace RegexpExtract RegexpFullMatch Levenshtein Unicode Chr Ascii Translate Overlay"""
_DATES = """CurrentDate CurrentTimestamp CurrentTime Extract Year Quarter Month Week Day Hour Minute
Second DayOfWeek DayOfWeekIso DayOfMonth DayOfYear WeekOfYear YearOfWeek YearOfWeekIso Dayname
Monthname LastDay DateTrunc TimestampTrunc DatetimeTrunc DateAdd DateSub DateDiff TimestampAdd
TimestampSub TimestampDiff DatetimeAdd DatetimeSub DatetimeDiff TsOrDsAdd TsOrDsDiff TsOrDsToDate
TsOrDsToTimestamp TimeToStr StrToTime StrToDate StrToUnix UnixToTime TimeToUnix DateFromParts
TimestampFromParts MonthsBetween AddMonths Date Timestamp ToDays DateStrToDate TimeStrToTime
ToChar ToNumber NumberToStr UnixSeconds MakeInterval"""
_GENERAL = """Case If Coalesce Nullif Nvl2 Cast TryCast And Or Not Xor Exists Hex ToArray"""

NODES: Final[frozenset[type[exp.Expr]]] = frozenset(
    getattr(exp, name)
    for text in (_NUMBERS, _AGGREGATES, _WINDOWS, _TEXTS, _DATES, _GENERAL)
    for name in text.split()
    if hasattr(exp, name)
)
"""Functions that sqlglot knows, as node classes."""

_COMMON = """
age date_part datepart date_trunc to_date to_timestamp make_date make_timestamp strftime
strptime bit_length char_length octet_length initcap nvl to_days isfinite isnan starts_with
list_sum product favg fsum geomean geometric_mean entropy mad bool_and bool_or every string_agg
arg_min arg_max min_by max_by epoch epoch_ms era century decade millennium ordinal nullif btrim
ltrim rtrim lpad rpad ucase lcase ifnull coalesce div mod power dayofyear julian last_day
datesub date_sub datediff date_diff mean median avg total"""
_SQLITE = """abs avg char coalesce count cume_dist date datetime dense_rank first_value
format glob group_concat hex ifnull iif instr julianday lag last_value lead length like lower ltrim
max min nth_value ntile nullif percent_rank printf quote rank replace round row_number rtrim sign
string_agg strftime substr substring sum time timediff total trim typeof unicode unixepoch upper
acos asin atan atan2 ceil ceiling cos degrees exp floor ln log log10 log2 mod pi pow power radians
sin sqrt tan trunc"""

NAMES: Final[frozenset[str]] = frozenset((_COMMON + " " + _SQLITE).split())
"""Functions that sqlglot keeps by name, in lower case."""

SQLITE_FUNCTIONS: Final[frozenset[str]] = NAMES | {"current_date", "current_timestamp"}
"""What SQLite's authorizer lets a statement call."""
