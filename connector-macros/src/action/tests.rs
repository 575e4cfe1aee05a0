use insta::assert_snapshot;
use proc_macro2::TokenStream;
use quote::quote;

use crate::golden::{pretty, sdk};

fn expanded(attribute: TokenStream, item: &TokenStream) -> String {
    pretty(super::expand(attribute, item, &sdk()))
}

#[test]
fn expands_a_function_with_a_body() {
    let function = quote! {
        /// Lists issues of a repository.
        ///
        /// Pull requests are left out.
        pub async fn list(
            cx: &ActionContext,
            /// Repository as `owner/name`.
            repo: Repo,
            /// Only issues in this state.
            #[param(provider_default = IssueState::Open, example = IssueState::Closed)]
            state: Option<IssueState>,
            /// Issues per page.
            #[param(default = 30, range(1..=100), rename = "per-page", deprecated = "use limit")]
            per_page: u32,
            /// Text of the issue.
            #[param(default = "bug", length(1..10), pattern = "^[a-z]+$")]
            text: String,
            #[param(flatten)] window: Window,
        ) -> Result<Page<Issue>> {
            let path = path!("/repos/{repo}/issues");
            cx.get(path).page(LinkHeader).await
        }
    };
    let attribute = quote!(
        "issues.list",
        read,
        title = "List",
        scopes = ["repo"],
        deprecated = "use search"
    );

    assert_snapshot!(expanded(attribute, &function));
}

#[test]
fn expands_an_action_that_does_not_take_all_auth_schemes() {
    let function = quote! {
        /// Deletes an issue.
        async fn delete(cx: &ActionContext) -> Result<()>;
    };
    let attribute = quote!(
        "issues.delete",
        destructive,
        auth = [1, 2],
        delete = "/issue"
    );
    assert_snapshot!(expanded(attribute, &function));
}

#[test]
fn expands_a_one_call_action() {
    let function = quote! {
        /// Creates an issue.
        async fn create(
            cx: &ActionContext,
            /// Account that owns the repository.
            owner: String,
            /// Path of the rest.
            rest: String,
            /// Title.
            #[param(rename = "headline")]
            title: String,
            #[param(flatten)] people: People,
        ) -> Result<Issue>;
    };
    let attribute = quote!(
        "issues.create",
        write,
        scopes = ["user", any("repo", "public_repo")],
        post = "/repos/{owner}/{+rest}/issues",
        json(optional)
    );

    assert_snapshot!(expanded(attribute, &function));
}

#[test]
fn expands_a_write_that_is_found_when_its_answer_was_lost() {
    let function = quote! {
        /// Creates an issue.
        async fn create(
            cx: &ActionContext,
            /// Repository.
            repo: Repo,
            /// Labels.
            labels: Vec<String>,
            /// Title.
            r#title: String,
        ) -> Result<Issue>;
    };
    let attribute = quote!(
        "issues.create",
        write,
        reconcile(natural = lost::find_created(title, repo)),
        post = "/repos/{+repo}/issues",
        json
    );

    assert_snapshot!(expanded(attribute, &function));
}

#[test]
fn expands_an_action_without_name_whose_parameters_say_nothing_of_themselves() {
    let function = quote! {
        /// Lists issues.
        async fn r#move(
            cx: &ActionContext,
            number: Option<IssueNumber>,
            #[param(rename = "per-page")] size: PageSize,
        ) -> Result<Page<Issue>> {
            cx.get("/issues").query_params(params![number, size]).page(LinkHeader).await
        }
    };

    assert_snapshot!(expanded(quote!(read), &function));
}

#[test]
fn expands_rules_over_several_parameters() {
    let function = quote! {
        /// Lists issues.
        async fn list(
            cx: &ActionContext,
            /// Task.
            #[param(rename = "task-id")]
            task: Option<String>,
            /// Project.
            project: Option<String>,
            #[param(flatten)]
            when: When,
        ) -> Result<()> {
            Ok(())
        }
    };
    let attribute = quote!(
        "issues.list",
        read,
        exactly_one(task, project),
        requires(since, task)
    );

    assert_snapshot!(expanded(attribute, &function));
}

#[test]
fn expands_a_one_call_action_that_lists() {
    let function = quote! {
        /// Lists issues.
        async fn list(
            cx: &ActionContext,
            /// Text to look for.
            text: Option<String>,
        ) -> Result<Page<Issue>>;
    };
    let attribute = quote!("issues.list", read, get = "/issues", page = LinkHeader);

    assert_snapshot!(expanded(attribute, &function));
}

#[test]
fn keeps_a_function_with_a_mistake_and_a_stand_in_for_its_definition() {
    let function = quote! {
        /// Lists issues.
        #[must_use]
        pub(crate) async fn list(
            cx: &ActionContext,
            #[param(range(1..))]
            #[allow(unused)]
            page: u32,
        ) -> Result<Page<Issue>> {
            cx.get("/issues").page(LinkHeader).await
        }
    };

    assert_snapshot!(expanded(quote!("issues.list", reed), &function));
}

#[test]
fn passes_a_body_on_that_is_no_rust() {
    let function = quote! {
        /// Lists issues.
        async fn list(cx: &ActionContext) -> Result<()> {
            a body that is { no Rust } at all
        }
    };

    let code = super::expand(quote!("issues.list", read), &function, &sdk()).to_string();

    assert!(code.contains("{ a body that is { no Rust } at all }"));
    assert!(!code.contains("compile_error"));
}

#[test]
fn keeps_what_is_no_function() {
    assert_snapshot!(expanded(
        quote!("issues.list", read),
        &quote!(
            struct List;
        )
    ));
}

#[test]
fn keeps_a_method_without_a_definition() {
    let method = quote! {
        /// Lists issues.
        async fn list(&self, /** Page. */ page: u32) -> Result<()> {
            Ok(())
        }
    };

    // A method stands in no file of its own.
    assert_snapshot!(expanded(quote!("issues.list", read), &method));
}
