"""Settings are read from two places, and every mistake is explained at once."""

from pathlib import Path

import pytest

from playerdesk.kernel.check import explain
from playerdesk.kernel.settings import BadSettings, Settings, load, terminal_language


def test_without_anything_the_desk_runs_here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.chdir(tmp_path)
    settings = load({})
    assert (settings.host, settings.port, settings.demo_game_port) == ("127.0.0.1", 8000, 8001)
    assert settings.data_dir == tmp_path / "data"
    assert settings.public_url == "http://127.0.0.1:8000"
    assert not settings.cookies_are_secure


def test_the_environment_wins_over_the_file(tmp_path: Path):
    (tmp_path / "playerdesk.toml").write_text('port = 9000\nlog_format = "json"\ntrusted_proxies = ["10.0.0.0/8"]\n')
    settings = load({"PLAYERDESK_DATA": str(tmp_path), "PLAYERDESK_PORT": "9100", "OTHER": "x"})
    assert (settings.port, settings.log_format, settings.trusted_proxies) == (9100, "json", ("10.0.0.0/8",))


def test_a_file_can_be_named(tmp_path: Path):
    (tmp_path / "x.toml").write_text('data = "/somewhere"\ndemo_rate = 2.5')
    settings = load({"PLAYERDESK_CONFIG": str(tmp_path / "x.toml")})
    assert (settings.data_dir, settings.demo_rate) == (Path("/somewhere"), 2.5)


@pytest.mark.parametrize(("word", "meant"), [("0", False), ("no", False), ("off", False), ("1", True), ("YES", True), ("true", True)])
def test_yes_and_no_have_many_words(word: str, meant: bool):
    assert load({"PLAYERDESK_DEMO": word}).demo is meant


def test_lists_are_separated_by_commas():
    assert load({"PLAYERDESK_TRUSTED_PROXIES": "10.0.0.0/8, ::1"}).trusted_proxies == ("10.0.0.0/8", "::1")


def test_https_makes_cookies_secure():
    assert load({"PLAYERDESK_BASE_URL": "https://desk.example.com/"}).cookies_are_secure
    assert load({"PLAYERDESK_BASE_URL": "https://desk.example.com/"}).public_url == "https://desk.example.com"
    assert not load({"PLAYERDESK_BASE_URL": "https://x.cn", "PLAYERDESK_SECURE_COOKIES": "no"}).cookies_are_secure


def test_every_mistake_is_told_at_once_with_what_to_write(tmp_path: Path):
    (tmp_path / "playerdesk.toml").write_text('prot = 1\npool_main = "many"\n')
    with pytest.raises(BadSettings) as refused:
        load({
            "PLAYERDESK_DATA": str(tmp_path), "PLAYERDESK_PORT": "80a", "PLAYERDESK_LOG_FROMAT": "json",
            "PLAYERDESK_LOG_FORMAT": "xml", "PLAYERDESK_DEMO": "maybe", "PLAYERDESK_BASE_URL": "desk.example.com",
            "PLAYERDESK_DATABASE_URL": "mysql://root:hunter2@db/x", "PLAYERDESK_STORAGE": "ftp://x",
            "PLAYERDESK_TRUSTED_PROXIES": "everybody",
        })
    lines = {finding.subject: finding.text.en for finding in refused.value.findings}
    assert "did you mean port?" in lines[f"{tmp_path}/playerdesk.toml: prot"]
    assert "write for example 16" in lines[f"{tmp_path}/playerdesk.toml: pool_main"]
    assert "write for example 8000" in lines["PLAYERDESK_PORT"]
    assert "did you mean PLAYERDESK_LOG_FORMAT?" in lines["PLAYERDESK_LOG_FROMAT"]
    assert "write text or json" in lines["PLAYERDESK_LOG_FORMAT"]
    assert "write 1 or 0" in lines["PLAYERDESK_DEMO"]
    assert "https://desk.example.com" in lines["PLAYERDESK_BASE_URL"]
    assert "postgresql://" in lines["PLAYERDESK_DATABASE_URL"]
    assert "s3://" in lines["PLAYERDESK_STORAGE"]
    assert "10.0.0.0/8" in lines["PLAYERDESK_TRUSTED_PROXIES"]
    assert len(lines) == 10
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    ("given", "subject", "said", "gesagt"),
    [
        ({"PORT": "70000"}, "PORT", "a whole number from 1 to 65,535", "1 到 65,535 之间的整数"),
        ({"DEMO_PORT": "70000"}, "DEMO_PORT", "a whole number from 1 to 65,535", "1 到 65,535 之间的整数"),
        ({"POOL_MAIN": "0"}, "POOL_MAIN", "from 1 to 200", "1 到 200"),
        ({"MAX_UPLOAD_BYTES": "10MB"}, "MAX_UPLOAD_BYTES", "write for example 10485760", "例如 10485760"),
        ({"DEMO_RATE": "fast"}, "DEMO_RATE", "a number from 0 to 6,000", "0 到 6,000 之间的数字"),
        ({"SECURE_COOKIES": "true"}, "SECURE_COOKIES", "write auto or yes or no", "auto 或 yes 或 no"),
        ({"SECURE_COOKIES": "yes"}, "SECURE_COOKIES", "works with https only", "只能配 https"),
        ({"BASE_URL": "http://[x"}, "BASE_URL", "the whole address", "完整的网址"),
        ({"TRANSLATE_URL": "deepl"}, "TRANSLATE_URL", "the whole address", "完整的网址"),
        ({"S3_ACCESS_KEY": "x", "STORAGE": "s3://b"}, "S3_SECRET_KEY", "go together", "一起设置"),
        ({"S3_ACCESS_KEY": "x", "S3_SECRET_KEY": "y"}, "STORAGE", "write s3://bucket/prefix", "写 s3://"),
        ({"S3_ENDPOINT": "minio:9000"}, "S3_ENDPOINT", "the whole address", "完整的网址"),
        ({"OIDC_ISSUER": "http://idp.example", "OIDC_CLIENT_ID": "x"}, "OIDC_ISSUER", "https://", "https://"),
        ({"OIDC_ISSUER": "https://idp.example"}, "OIDC_CLIENT_ID", "goes together", "一起设置"),
        ({"PORT": "65535"}, "DEMO_PORT", "none after 65535", "65535 之后没有"),
        ({"PROT": "1"}, "PROT", "did you mean PLAYERDESK_PORT", "是不是想写 PLAYERDESK_PORT"),
        ({"DATABASE_URL": "mysql://db/x"}, "DATABASE_URL", "must begin with postgresql://", "应以 postgresql:// 开头"),
    ],
)
def test_each_wrong_setting_is_explained_in_words(given: dict[str, str], subject: str, said: str, gesagt: str):
    with pytest.raises(BadSettings) as refused:
        load({f"PLAYERDESK_{name}": value for name, value in given.items()})
    (found,) = refused.value.findings
    assert found.subject == f"PLAYERDESK_{subject}"
    assert said in found.text.en
    assert gesagt in found.text.zh
    assert "Expected" not in found.text.zh + found.text.en


@pytest.mark.parametrize("port", ["0", "65536", "-1", "8000.5"])
def test_a_port_is_a_port(port: str):
    with pytest.raises(BadSettings, match="PLAYERDESK_PORT"):
        load({"PLAYERDESK_PORT": port})


def test_a_broken_file_is_named(tmp_path: Path):
    (tmp_path / "playerdesk.toml").write_text("port = = 1")
    with pytest.raises(BadSettings, match=r"playerdesk\.toml"):
        load({"PLAYERDESK_DATA": str(tmp_path)})
    with pytest.raises(BadSettings, match="no such file"):
        load({"PLAYERDESK_CONFIG": str(tmp_path / "nowhere.toml")})


def test_the_demo_cannot_have_the_desks_port():
    with pytest.raises(BadSettings, match="PLAYERDESK_DEMO_PORT"):
        load({"PLAYERDESK_PORT": "8001", "PLAYERDESK_DEMO_PORT": "8001"})


def test_the_terminal_is_spoken_to_in_its_language():
    assert terminal_language({"LANG": "zh_CN.UTF-8"}) == "zh"
    assert terminal_language({"LANG": "de_DE.UTF-8"}) == "en"
    assert terminal_language({"LC_ALL": "C", "LANG": "zh_CN"}) == "en"
    assert terminal_language({}) == "en"


async def test_check_finds_what_is_fine_and_what_is_not(fresh_dsn: str, tmp_path: Path):
    found = {f.subject: f for f in await explain(Settings(data_dir=tmp_path, database_url=fresh_dsn, port=1, demo=False))}
    assert found["PLAYERDESK_DATA"].level == "ok"
    assert found["PLAYERDESK_DATABASE_URL"].level == "ok"
    assert found["PLAYERDESK_STORAGE"].level == "ok"
    unreachable = Settings(
        data_dir=tmp_path, database_url="postgresql://nobody@127.0.0.1:1/x", base_url="http://desk.example.com", host="0.0.0.0",
    )
    found = {f.subject: f for f in await explain(unreachable)}
    assert found["PLAYERDESK_DATABASE_URL"].level == "error"
    assert "cannot be reached" in found["PLAYERDESK_DATABASE_URL"].text.en
    assert found["PLAYERDESK_BASE_URL"].level == "warning"
    assert found["PLAYERDESK_DEMO"].level == "warning"


async def test_check_names_a_folder_and_a_port_it_cannot_use(fresh_dsn: str, tmp_path: Path):
    import socket

    (tmp_path / "file").write_text("not a folder")
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        settings = Settings(data_dir=tmp_path / "file" / "data", database_url=fresh_dsn, port=port, demo=False)
        found = {f.subject: f for f in await explain(settings)}
    assert found["PLAYERDESK_DATA"].level == "error"
    assert found["PLAYERDESK_PORT"].level == "error"
    assert str(port + 10) in found["PLAYERDESK_PORT"].text.en


async def test_check_tells_of_migrations_to_run(empty_dsn: str, tmp_path: Path):
    found = await explain(Settings(data_dir=tmp_path, database_url=empty_dsn, demo=False))
    assert any("migrations are to be run" in finding.text.en for finding in found if finding.level == "warning")
