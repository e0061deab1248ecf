"""Titles of laws that people call by a short name, as pages and papers cite them: in full."""

GUIDING_RULES = "业主大会和业主委员会指导规则"
OWNERSHIP = "最高人民法院关于审理建筑物区分所有权纠纷案件适用法律若干问题的解释"
SERVICE_DISPUTES = "最高人民法院关于审理物业服务纠纷案件适用法律若干问题的解释"
GENERAL_CONTRACT = "最高人民法院关于适用《中华人民共和国民法典》合同编通则若干问题的解释"
