"""What stands for the fonts that Chinese offices name, among those that Debian has (decisions 29)."""

from collections.abc import Mapping
from types import MappingProxyType

SERIF, SANS, SCRIPT = "Noto Serif CJK SC", "Noto Sans CJK SC", "AR PL UKai CN"
#: By the name in a document.
STANDS: Mapping[str, str] = MappingProxyType(
    dict.fromkeys(("仿宋", "仿宋_GB2312", "FangSong", "宋体", "SimSun", "方正小标宋简体"), SERIF)
    | dict.fromkeys(("黑体", "SimHei", "微软雅黑", "Microsoft YaHei"), SANS)
    | dict.fromkeys(("楷体", "楷体_GB2312", "KaiTi"), SCRIPT)
)
