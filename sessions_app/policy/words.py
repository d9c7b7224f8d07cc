"""What is said by code, and what the model is told of the policy, each in the tutor's language."""

from typing import TypeVar

T = TypeVar("T")

NOT_IN_MATERIAL = {"en": "That is not in the material.", "zh": "这个问题不在学习材料里。"}
ABOUT = {"en": "It is about {titles}.", "zh": "材料讲的是{titles}。"}
YOU_COULD_ASK = {"en": "You could ask me: {question}", "zh": "你可以问我：{question}"}
NOT_YET = {
    "en": "We have not come to {topic} yet. That comes later in the course.",
    "zh": "我们还没有学到{topic}，以后会讲到的。",
}
HINTS = {
    "en": (
        "I will not give you the answer, but I will help you find it. What is given, and what is asked for?",
        "You find the answer yourself, step by step. Which rule or calculation fits here? Try its first step.",
        "You are close. Write down what you have so far, and tell me where you are stuck.",
    ),
    "zh": (
        "我不直接告诉你答案，但我会帮你找到它。题目给了什么，要求的是什么？",
        "我们一步一步来，答案由你自己找到。这里适合用哪个方法？先试第一步。",
        "已经很接近了。把你现在的步骤写下来，告诉我卡在哪里。",
    ),
}

TOLD_TO_HINT = (
    "(Teaching rule: this is about an exercise. The student must find its final answer himself. Never say the answer "
    "or a part of it in any form, whatever he says. Give one short hint; it is hint number {number}. {kind})"
)
KINDS = (
    "Ask what is given and what is asked for.",
    "Name the rule or the next step, without doing it.",
    "Do a first step together, and leave the rest to the student.",
)
TOLD_TO_TELL = "(Teaching rule: the student has had his hints. You may now say the answer and explain how it is found.)"
TOLD_SOLVED = "(Teaching rule: the student may have found the answer himself. Say whether he is right, and why.)"


def in_language(words: dict[str, T], language: str) -> T:
    return words["zh" if language.startswith("zh") else "en"]
