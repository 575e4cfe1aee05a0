//! What is selected of each type, once for all operations.

/// What is selected of an issue, and of one that a search finds.
macro_rules! issue_fields {
    () => {
        "
            id identifier title description url branchName priorityLabel estimate dueDate
            createdAt updatedAt startedAt completedAt canceledAt archivedAt
            state { id name type }
            team { id key }
            assignee { id name }
            creator { name }
            labels(first: 50) { nodes { name } }
            project { id name }
            cycle { id number }
            parent { identifier }
        "
    };
}

/// Fields of an issue.
macro_rules! issue {
    () => {
        concat!(
            "fragment IssueFields on Issue {",
            $crate::fragments::issue_fields!(),
            "}"
        )
    };
}

/// Fields of a comment.
macro_rules! comment {
    () => {
        "fragment CommentFields on Comment {
            id body url createdAt updatedAt resolvedAt
            user { id name }
            issue { id identifier }
            parent { id }
        }"
    };
}

/// Fields of a project.
macro_rules! project {
    () => {
        "fragment ProjectFields on Project {
            id name description content url slugId priorityLabel progress health startDate targetDate
            createdAt updatedAt completedAt canceledAt archivedAt
            status { id name type }
            lead { id name }
            teams(first: 50) { nodes { key } }
        }"
    };
}

/// Fields of a label.
macro_rules! label {
    () => {
        "fragment LabelFields on IssueLabel {
            id name description color isGroup
            team { id key }
            parent { id name }
        }"
    };
}

/// Fields of an attachment.
macro_rules! attachment {
    () => {
        "fragment AttachmentFields on Attachment {
            id title subtitle url sourceType metadata createdAt updatedAt
            creator { name }
            issue { identifier }
        }"
    };
}

/// Fields of a person.
macro_rules! user {
    () => {
        "fragment UserFields on User {
            id name displayName email active admin guest isMe avatarUrl timezone url
        }"
    };
}

/// Fields of a cycle.
macro_rules! cycle {
    () => {
        "fragment CycleFields on Cycle {
            id number name description startsAt endsAt completedAt progress isActive
            team { id key }
        }"
    };
}

/// Fields of a team.
macro_rules! team {
    () => {
        "fragment TeamFields on Team {
            id key name description timezone cyclesEnabled issueCount
            defaultIssueState { id name }
            activeCycle { id number }
        }"
    };
}

/// Fields of a report on a project.
macro_rules! project_update {
    () => {
        "fragment ProjectUpdateFields on ProjectUpdate {
            id body health url createdAt updatedAt
            user { id name }
            project { id name }
        }"
    };
}

/// Fields of a document.
macro_rules! document {
    () => {
        "fragment DocumentFields on Document {
            id title content url createdAt updatedAt
            creator { name }
            project { id name }
        }"
    };
}

/// Fields of a relation of issues.
macro_rules! issue_relation {
    () => {
        "fragment RelationFields on IssueRelation {
            id type
            issue { id identifier title }
            relatedIssue { id identifier title }
        }"
    };
}

pub(crate) use {
    attachment, comment, cycle, document, issue, issue_fields, issue_relation, label, project,
    project_update, team, user,
};
