using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace GpuGeek.Api.Tests.Accounts.Passkeys;

/// <summary>A device with one passkey (ES256), according to WebAuthn, that can also send wrong data.</summary>
internal sealed class SoftDevice : IDisposable
{
    private const byte Present = 0x01,
        Verified = 0x04,
        HasKey = 0x40;
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private string? _person;

    /// <summary>The page's origin, as reported by the browser.</summary>
    public string Origin { get; set; } = "https://gpugeek.test";

    /// <summary>Whether it has verified its person.</summary>
    public bool HasVerified { get; set; } = true;

    /// <summary>Number of signatures; a copy of the key would start again.</summary>
    public uint Count { get; set; }

    public byte[] Id { get; set; } = RandomNumberGenerator.GetBytes(16);

    /// <summary>The account's name within the device.</summary>
    public string? Person
    {
        get => _person;
        set => _person = value;
    }

    public void Dispose() => _key.Dispose();

    /// <summary>Answers <c>navigator.credentials.create</c>.</summary>
    public string Create(string options)
    {
        var asked = JsonNode.Parse(options)!;
        _person = asked["user"]!["id"]!.GetValue<string>();
        var point = _key.ExportParameters(false).Q;
        byte[] cose = [0xA5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20, .. point.X!, 0x22, 0x58, 0x20, .. point.Y!];
        var data = Data(asked["rp"]!["id"]!.GetValue<string>(), HasKey, [.. new byte[16], 0, (byte)Id.Length, .. Id, .. cose]);
        byte[] attestation =
        [
            0xA3,
            .. Text("fmt"),
            .. Text("none"),
            .. Text("attStmt"),
            0xA0,
            .. Text("authData"),
            0x58,
            (byte)data.Length,
            .. data,
        ];
        return Credential(
            new()
            {
                ["clientDataJSON"] = Encoded(Client("webauthn.create", asked)),
                ["attestationObject"] = Encoded(attestation),
                ["transports"] = new JsonArray("internal"),
            }
        );
    }

    /// <summary>Answers <c>navigator.credentials.get</c>.</summary>
    public string Get(string options)
    {
        var asked = JsonNode.Parse(options)!;
        Count++;
        var (data, client) = (Data(asked["rpId"]!.GetValue<string>(), 0, []), Client("webauthn.get", asked));
        var signature = _key.SignData(
            [.. data, .. SHA256.HashData(client)],
            HashAlgorithmName.SHA256,
            DSASignatureFormat.Rfc3279DerSequence
        );
        return Credential(
            new()
            {
                ["clientDataJSON"] = Encoded(client),
                ["authenticatorData"] = Encoded(data),
                ["signature"] = Encoded(signature),
                ["userHandle"] = _person,
            }
        );
    }

    private byte[] Data(string domain, byte more, byte[] key)
    {
        var count = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(count, Count);
        return
        [
            .. SHA256.HashData(Encoding.UTF8.GetBytes(domain)),
            (byte)(Present | (HasVerified ? Verified : 0) | more),
            .. count,
            .. key,
        ];
    }

    private byte[] Client(string type, JsonNode asked) =>
        Encoding.UTF8.GetBytes(
            new JsonObject
            {
                ["type"] = type,
                ["challenge"] = asked["challenge"]!.GetValue<string>(),
                ["origin"] = Origin,
                ["crossOrigin"] = false,
            }.ToJsonString()
        );

    private string Credential(JsonObject response) =>
        new JsonObject
        {
            ["id"] = Encoded(Id),
            ["rawId"] = Encoded(Id),
            ["type"] = "public-key",
            ["authenticatorAttachment"] = "platform",
            ["clientExtensionResults"] = new JsonObject(),
            ["response"] = response,
        }.ToJsonString();

    private static byte[] Text(string text) => [(byte)(0x60 + text.Length), .. Encoding.ASCII.GetBytes(text)];

    private static string Encoded(byte[] bytes) => Base64Url.EncodeToString(bytes);
}
