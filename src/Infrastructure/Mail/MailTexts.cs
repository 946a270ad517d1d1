using System.Globalization;
using System.Net;
using System.Text;
using GpuGeek.Domain.Mail;

namespace GpuGeek.Infrastructure.Mail;

/// <summary>Texts of mails, in English and Simplified Chinese: the same words as text and as HTML.</summary>
internal static class MailTexts
{
    private const string Chinese = "zh-Hans";

    /// <param name="Lines">Paragraphs before the link.</param>
    /// <param name="Button">Label of the link; null: no link.</param>
    /// <param name="After">Paragraphs after the link.</param>
    private sealed record Words(string Subject, string[] Lines, string? Button, string[] After);

    public static MailMessage Compose(MailContent content)
    {
        var chinese = content.Language == Chinese;
        var words = chinese ? InChinese(content) : InEnglish(content);
        string[] greeting = content.Name is { } name ? [chinese ? $"{name}，您好：" : $"Hello {name},"] : [];
        var link = content.Link ?? $"{content.Origin}/account";
        var foot = chinese ? $"此邮件由 {content.Origin} 的 GpuGeek 发出。" : $"Sent by GpuGeek at {content.Origin}.";
        return new(
            content.To,
            words.Subject,
            Text([.. greeting, .. words.Lines], words.Button, link, words.After, foot),
            Html(content.Language, [.. greeting, .. words.Lines], words.Button, link, words.After, foot)
        );
    }

    private static Words InEnglish(MailContent c) =>
        c.Kind switch
        {
            MailKind.ResetLink => new(
                "Set a new password for GpuGeek",
                ["Somebody, probably you, requested a new password for your account."],
                "Set a new password",
                ["The link works once, within one hour.", "If it was not you, do nothing: your password does not change."]
            ),
            MailKind.PasswordChanged => Notice(
                c,
                "Your GpuGeek password was changed",
                "The password of your account was changed, and all your other sessions have ended."
            ),
            MailKind.PasswordReset => Notice(
                c,
                "Your GpuGeek password was reset",
                "A new password was set for your account with a reset link, and all your sessions have ended."
            ),
            MailKind.SecondFactorRemoved => Notice(
                c,
                "Your GpuGeek second factor was turned off",
                "Signing in to your account no longer needs a code from an authenticator app."
            ),
            MailKind.PasskeyAdded => Notice(
                c,
                "A passkey was added to your GpuGeek account",
                $"The passkey '{c.Detail}' can now sign in to your account without the password."
            ),
            MailKind.Invitation => new(
                $"{c.InvitedBy} invites you to {c.Organization} on GpuGeek",
                [$"{c.InvitedBy} invites you to the organisation {c.Organization} on GpuGeek, a platform for image classification."],
                "Open the invitation",
                ["The link works for one person, within 14 days.", "If you do not know the sender, do nothing."]
            ),
            _ => throw new ArgumentOutOfRangeException(nameof(c)),
        };

    private static Words Notice(MailContent c, string subject, string what) =>
        new(
            subject,
            [what, $"{c.At?.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} UTC · {c.Address} · {c.Agent}"],
            "Check your account",
            ["If it was not you: set a new password immediately, end the other sessions, and inform the operator of the installation."]
        );

    private static Words InChinese(MailContent c) =>
        c.Kind switch
        {
            MailKind.ResetLink => new(
                "重设您的 GpuGeek 密码",
                ["有人（很可能是您本人）请求为您的账户设置新密码。"],
                "设置新密码",
                ["该链接在一小时内有效，且只能使用一次。", "如果不是您本人操作，请忽略此邮件，密码不会改变。"]
            ),
            MailKind.PasswordChanged => ChineseNotice(c, "您的 GpuGeek 密码已更改", "您账户的密码已更改，其他所有会话均已结束。"),
            MailKind.PasswordReset => ChineseNotice(c, "您的 GpuGeek 密码已重设", "您的账户已通过重设链接设置了新密码，所有会话均已结束。"),
            MailKind.SecondFactorRemoved => ChineseNotice(c, "您的 GpuGeek 两步验证已关闭", "登录您的账户不再需要身份验证器应用的验证码。"),
            MailKind.PasskeyAdded => ChineseNotice(
                c,
                "您的 GpuGeek 账户添加了通行密钥",
                $"通行密钥“{c.Detail}”现在可以不用密码登录您的账户。"
            ),
            MailKind.Invitation => new(
                $"{c.InvitedBy} 邀请您加入 GpuGeek 上的 {c.Organization}",
                [$"{c.InvitedBy} 邀请您加入 GpuGeek 上的组织“{c.Organization}”，在那里图片会变成图像分类器。"],
                "打开邀请",
                ["该链接在 14 天内有效，只能供一人使用。", "如果您不认识发件人，请忽略此邮件。"]
            ),
            _ => throw new ArgumentOutOfRangeException(nameof(c)),
        };

    private static Words ChineseNotice(MailContent c, string subject, string what) =>
        new(
            subject,
            [what, $"{c.At?.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} UTC · {c.Address} · {c.Agent}"],
            "查看您的账户",
            ["如果不是您本人操作：请立即设置新密码，结束其他会话，并告知系统管理员。"]
        );

    private static string Text(string[] lines, string? button, string link, string[] after, string foot)
    {
        var text = new StringBuilder();
        foreach (var line in lines)
            text.Append(Plain(line)).Append("\n\n");
        if (button is not null)
            text.Append(button).Append(":\n").Append(link).Append("\n\n");
        foreach (var line in after)
            text.Append(Plain(line)).Append("\n\n");
        return text.Append("-- \n").Append(foot).Append('\n').ToString();
    }

    private static string Html(string language, string[] lines, string? button, string link, string[] after, string foot)
    {
        var html = new StringBuilder(
            $"<!DOCTYPE html><html lang=\"{language}\"><body style=\"font-family:sans-serif;line-height:1.5;max-width:34em\">"
        );
        foreach (var line in lines)
            html.Append("<p>").Append(Encoded(line)).Append("</p>");
        if (button is not null)
            html.Append("<p><a href=\"")
                .Append(Encoded(link))
                .Append(
                    "\" style=\"display:inline-block;padding:.6em "
                        + "1.2em;border-radius:6px;background:#2d5bd7;color:#fff;text-decoration:none\">"
                )
                .Append(Encoded(button))
                .Append("</a></p>")
                .Append("<p style=\"word-break:break-all;color:#555\">")
                .Append(Encoded(link))
                .Append("</p>");
        foreach (var line in after)
            html.Append("<p>").Append(Encoded(line)).Append("</p>");
        return html.Append("<p style=\"color:#555;font-size:small\">").Append(Encoded(foot)).Append("</p></body></html>").ToString();
    }

    private static string Encoded(string text) => WebUtility.HtmlEncode(Plain(text));

    // A name must not be able to add lines to a mail.
    private static string Plain(string text) => string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
}
