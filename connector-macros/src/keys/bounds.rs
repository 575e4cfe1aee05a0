//! Bounds, as in `range(1..=100)`.

use syn::parse::{Parse, ParseStream};
use syn::{Error, Lit, Token};

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Bounds {
    pub(crate) min: Option<f64>,
    pub(crate) max: Option<f64>,
    pub(crate) exclusive: bool,
}

impl Parse for Bounds {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let span = input.span();
        let min = number(input)?;
        if min.is_some() && input.is_empty() {
            return Ok(Self {
                min,
                max: min,
                exclusive: false,
            });
        }
        let exclusive = if input.peek(Token![..=]) {
            input.parse::<Token![..=]>()?;
            false
        } else {
            input.parse::<Token![..]>()?;
            true
        };
        let max = number(input)?;
        let open = max.is_none() && (min.is_none() || !exclusive);
        if !input.is_empty() || open {
            return Err(Error::new(span, "bounds"));
        }
        Ok(Self {
            min,
            max,
            exclusive: exclusive && max.is_some(),
        })
    }
}

fn number(input: ParseStream<'_>) -> syn::Result<Option<f64>> {
    if input.is_empty() || input.peek(Token![..]) || input.peek(Token![..=]) {
        return Ok(None);
    }
    let literal: Lit = input.parse()?;
    let number: f64 = match &literal {
        Lit::Int(literal) => literal.base10_parse()?,
        Lit::Float(literal) => literal.base10_parse()?,
        other => return Err(Error::new(other.span(), "a number")),
    };
    if number.is_finite() {
        Ok(Some(number))
    } else {
        Err(Error::new(literal.span(), "a number"))
    }
}

impl Bounds {
    pub(crate) fn contain(self, number: f64) -> bool {
        self.min.is_none_or(|min| number >= min)
            && self.max.is_none_or(|max| {
                if self.exclusive {
                    number < max
                } else {
                    number <= max
                }
            })
    }

    pub(crate) fn are_empty(self) -> bool {
        match (self.min, self.max) {
            (Some(min), Some(max)) if self.exclusive => min >= max,
            (Some(min), Some(max)) => min > max,
            _ => false,
        }
    }
}
