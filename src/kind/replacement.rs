//! What anonymizing writes in place of a value (LAW §5.2).

/// What stands where a value stood. None of it can be led back to the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Replacement {
    /// The value stays: it is not about a person, or only together with others (sex)
    Keep,
    /// SQL NULL
    Null,
    /// The same text for everybody
    Constant(&'static str),
    /// A random token, drawn by `apply`, of which no mapping is kept
    Token,
    /// The same value with less detail; NULL where it cannot be read
    Generalise(Generalisation),
}

/// How a quasi-identifier loses detail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Generalisation {
    /// Address to province, city and district
    District,
    /// Birth date to the first day of its five-year band
    FiveYears,
    /// Time to the first instant of its month
    Month,
    /// Amount to the lower bound of its band (1, 2, 5, 10, 20, 50 …)
    AmountBand,
    /// Coordinate to a tenth of a degree, about the size of a district
    TenthOfDegree,
}

impl Generalisation {
    /// Every way.
    pub const ALL: [Self; 5] = [Self::District, Self::FiveYears, Self::Month, Self::AmountBand, Self::TenthOfDegree];

    /// The machine word in plans.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::District => "district",
            Self::FiveYears => "five_years",
            Self::Month => "month",
            Self::AmountBand => "amount_band",
            Self::TenthOfDegree => "tenth_of_degree",
        }
    }
}
