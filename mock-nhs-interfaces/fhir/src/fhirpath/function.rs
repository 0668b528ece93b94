//! The functions of `FHIRPath` and FHIR that are understood here, with the number of their arguments.
//!
//! Deliberately absent: `exp ln log power sqrt` (they would need binary fractions), `type()`, `elementDefinition()`,
//! `slice()`, `checkModifiers()`, `subsumes()`; `conformsTo()` and `memberOf()` are answered with
//! [`PathError::Unsupported`].

use super::error::PathError;

macro_rules! functions {
    ($($name:literal $function:ident $least:literal $most:literal;)*) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Function { $($function,)* }

        impl Function {
            /// The function of this name, when it takes so many arguments.
            pub(super) fn find(name: &str, arguments: usize) -> Result<Function, PathError> {
                match name {
                    $($name if ($least..=$most).contains(&arguments) => Ok(Function::$function),
                      $name => Err(PathError::Arguments($name)),)*
                    _ => Err(PathError::UnknownFunction(name.chars().take(40).collect::<String>().into())),
                }
            }

            pub(super) fn name(self) -> &'static str {
                match self { $(Function::$function => $name,)* }
            }
        }
    };
}

functions! {
    "empty" Empty 0 0;
    "exists" Exists 0 1;
    "all" All 1 1;
    "allTrue" AllTrue 0 0;
    "anyTrue" AnyTrue 0 0;
    "allFalse" AllFalse 0 0;
    "anyFalse" AnyFalse 0 0;
    "subsetOf" SubsetOf 1 1;
    "supersetOf" SupersetOf 1 1;
    "count" Count 0 0;
    "distinct" Distinct 0 0;
    "isDistinct" IsDistinct 0 0;
    "where" Where 1 1;
    "select" Select 1 1;
    "repeat" Repeat 1 1;
    "aggregate" Aggregate 1 2;
    "ofType" OfType 1 1;
    "is" Is 1 1;
    "as" As 1 1;
    "single" Single 0 0;
    "first" First 0 0;
    "last" Last 0 0;
    "tail" Tail 0 0;
    "skip" Skip 1 1;
    "take" Take 1 1;
    "intersect" Intersect 1 1;
    "exclude" Exclude 1 1;
    "union" Union 1 1;
    "combine" Combine 1 1;
    "iif" Iif 2 3;
    "not" Not 0 0;
    "toBoolean" ToBoolean 0 0;
    "toInteger" ToInteger 0 0;
    "toDecimal" ToDecimal 0 0;
    "toDate" ToDate 0 0;
    "toDateTime" ToDateTime 0 0;
    "toTime" ToTime 0 0;
    "toQuantity" ToQuantity 0 1;
    "toString" ToString 0 0;
    "convertsToBoolean" ConvertsToBoolean 0 0;
    "convertsToInteger" ConvertsToInteger 0 0;
    "convertsToDecimal" ConvertsToDecimal 0 0;
    "convertsToDate" ConvertsToDate 0 0;
    "convertsToDateTime" ConvertsToDateTime 0 0;
    "convertsToTime" ConvertsToTime 0 0;
    "convertsToQuantity" ConvertsToQuantity 0 1;
    "convertsToString" ConvertsToString 0 0;
    "indexOf" IndexOf 1 1;
    "lastIndexOf" LastIndexOf 1 1;
    "substring" Substring 1 2;
    "startsWith" StartsWith 1 1;
    "endsWith" EndsWith 1 1;
    "contains" Contains 1 1;
    "upper" Upper 0 0;
    "lower" Lower 0 0;
    "trim" Trim 0 0;
    "replace" Replace 2 2;
    "matches" Matches 1 1;
    "matchesFull" MatchesFull 1 1;
    "replaceMatches" ReplaceMatches 2 2;
    "length" Length 0 0;
    "toChars" ToChars 0 0;
    "split" Split 1 1;
    "join" Join 0 1;
    "abs" Abs 0 0;
    "ceiling" Ceiling 0 0;
    "floor" Floor 0 0;
    "round" Round 0 1;
    "truncate" Truncate 0 0;
    "children" Children 0 0;
    "descendants" Descendants 0 0;
    "trace" Trace 1 2;
    "now" Now 0 0;
    "today" Today 0 0;
    "timeOfDay" TimeOfDay 0 0;
    "hasValue" HasValue 0 0;
    "getValue" GetValue 0 0;
    "extension" Extension 1 1;
    "resolve" Resolve 0 0;
    "htmlChecks" HtmlChecks 0 0;
    "conformsTo" ConformsTo 1 1;
    "memberOf" MemberOf 1 1;
}
