use proptest::prelude::*;

use super::*;

#[derive(Debug, PartialEq)]
struct Tree {
    name: Option<String>,
    height: Patch<String>,
    felled: Option<bool>,
    nest: Option<Nest>,
}

#[derive(Debug, PartialEq)]
struct Nest(Option<Vec<String>>);

impl Body for Tree {
    fn read(members: &mut Members<'_>) -> Self {
        let nest = Kind::new("an object", schema::<Nest>, Some);
        Self {
            name: members.filled("name", TEXT.about("What it is called.")),
            height: members.nullable("height", TEXT),
            felled: members.optional("felled", FLAG),
            nest: members.object("nest", "nest.", nest),
        }
    }
}

impl Body for Nest {
    fn read(members: &mut Members<'_>) -> Self {
        Self(members.optional("eggs", TEXTS))
    }
}

fn of(value: Value) -> (Tree, Vec<(String, String)>) {
    let Value::Object(given) = value else {
        panic!("an object");
    };
    let (tree, faults) = read(given);
    let faults = faults.iter();
    (
        tree,
        faults
            .map(|it| (it.param.clone(), it.message.clone()))
            .collect(),
    )
}

#[test]
fn null_is_as_good_as_missing_but_where_it_means_something() {
    let given = json!({ "name": "oak", "height": null, "felled": null, "nest": null });
    let (tree, faults) = of(given);
    let expected = Tree {
        name: Some("oak".to_owned()),
        height: Patch::Clear,
        felled: None,
        nest: None,
    };
    assert_eq!((tree, faults), (expected, Vec::new()));
}

#[test]
fn everything_that_is_wrong_is_noted_and_the_rest_is_read() {
    let (tree, faults) = of(json!({
        "nme": 1, "name": "", "felled": 1, "height": "9 m", "nest": { "eggs": [1], "x": 1 }, "y": 1,
    }));
    let fault = |param: &str, message: &str| (param.to_owned(), message.to_owned());
    let all = "allowed: name, height, felled, nest";
    assert_eq!(
        faults,
        [
            fault(
                "nme",
                &format!("is not a parameter; did you mean `name`? {all}")
            ),
            fault("y", "is not a parameter"),
            fault("name", "is missing; it must be a string"),
            fault("felled", "must be true or false"),
            fault("nest.x", "is not a parameter; allowed: eggs"),
            fault("nest.eggs", "must be a list of strings"),
        ]
    );
    assert_eq!(tree.height, Patch::Set("9 m".to_owned()));
    assert_eq!(tree.nest, Some(Nest(None)));
}

#[test]
fn what_is_read_is_described() {
    let api = &mut Api::new(false);
    let eggs = json!({ "type": ["array", "null"], "items": { "type": "string" } });
    let nest = json!({
        "type": ["object", "null"], "properties": { "eggs": eggs }, "additionalProperties": false,
    });
    let expected = json!({
        "type": "object",
        "properties": {
            "name": { "type": "string", "description": "What it is called." },
            "height": { "type": ["string", "null"] },
            "felled": { "type": ["boolean", "null"] },
            "nest": nest,
        },
        "additionalProperties": false,
        "required": ["name"],
    });
    assert_eq!(schema::<Tree>(api), expected);
    let name = json!({
        "name": "name", "in": "query", "description": "What it is called.",
        "schema": { "type": "string" }, "required": true,
    });
    assert_eq!(parameters::<Tree>(api)[0], name);
}

proptest! {
    #[test]
    fn no_body_makes_the_reader_panic(text in r#"[\[\]{}":,a-z0-9 null]{0,60}"#) {
        if let Ok(Value::Object(given)) = serde_json::from_str(&text) {
            drop(read::<Tree>(given));
        }
        drop(read_query::<Tree>(Some(&text)));
    }
}
