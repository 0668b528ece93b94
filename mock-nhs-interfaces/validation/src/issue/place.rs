//! Where a check is, as a chain of steps that becomes text only when there is something to say.

/// A place in a resource: a step from the place around it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    around: Option<&'a Place<'a>>,
    step: Step<'a>,
}

/// One step of a `FHIRPath` expression.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step<'a> {
    /// The type that the expression starts with.
    Root(&'a str),
    Element(&'a str),
    /// An element that may have several types, and the one it has.
    Choice(&'a str, &'a str),
    Item(usize),
}

impl<'a> Place<'a> {
    pub(crate) fn root(type_name: &'a str) -> Self {
        Self {
            around: None,
            step: Step::Root(type_name),
        }
    }

    pub(crate) fn step(&'a self, step: Step<'a>) -> Place<'a> {
        Place {
            around: Some(self),
            step,
        }
    }

    pub(crate) fn element(&'a self, name: &'a str) -> Place<'a> {
        self.step(Step::Element(name))
    }

    pub(crate) fn item(&'a self, index: usize) -> Place<'a> {
        self.step(Step::Item(index))
    }

    /// The names of the steps from the root on, without types and numbers.
    pub(crate) fn names(&self) -> Vec<&'a str> {
        let mut names = Vec::new();
        let mut place = Some(self);
        while let Some(here) = place {
            match here.step {
                Step::Root(name) | Step::Element(name) | Step::Choice(name, _) => names.push(name),
                Step::Item(_) => {}
            }
            place = here.around;
        }
        names.reverse();
        names
    }

    /// `Observation.component[2].value.ofType(Quantity).code`.
    pub(crate) fn expression(&self) -> String {
        let mut steps = Vec::new();
        let mut place = Some(self);
        while let Some(here) = place {
            steps.push(here.step);
            place = here.around;
        }
        steps.iter().rev().fold(String::new(), |text, step| match step {
            Step::Root(name) => text + name,
            Step::Element(name) => text + "." + name,
            Step::Choice(name, chosen) => text + "." + name + ".ofType(" + chosen + ")",
            Step::Item(index) => text + "[" + &index.to_string() + "]",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Place, Step};

    #[test]
    fn steps_become_an_expression() {
        let root = Place::root("Observation");
        let component = root.element("component");
        let second = component.item(1);
        let value = second.step(Step::Choice("value", "Quantity"));
        assert_eq!(
            value.element("code").expression(),
            "Observation.component[1].value.ofType(Quantity).code"
        );
    }
}
