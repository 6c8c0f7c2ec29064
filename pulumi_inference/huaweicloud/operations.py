"""The operations of IAM that a client of any service needs (IAM's API reference; modelarts.md, sections 1 and 2)."""

from pulumi_inference.core.operations import Operation

IAM: tuple[Operation, ...] = (
    Operation(
        "POST",
        "/v3/auth/tokens",
        "Log in with a user's password",
        "https://support.huaweicloud.com/api-iam/iam_30_0001.html",
        sent_by="pulumi_inference.huaweicloud.iam:log_in",
    ),
    Operation(
        "GET",
        "/v3/projects",
        "Find the project of a region",
        "https://support.huaweicloud.com/api-iam/iam_06_0001.html",
        sent_by="pulumi_inference.huaweicloud.iam:find_project",
    ),
    Operation(
        "GET",
        "/v3/auth/domains",
        "Find the account of a user",
        "https://support.huaweicloud.com/api-iam/iam_07_0001.html",
        missing="other clients ask it; requests here are signed for a project, which needs no account",
    ),
)
